package io.mcudeploy.importing;

/** The two 16-bit float formats, widened without rounding. */
public final class HalfPrecision {
  private HalfPrecision() {}

  /** IEEE 754 binary16: 1 sign, 5 exponent and 10 mantissa bits. */
  public static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1f;
    int mantissa = bits & 0x3ff;
    if (exponent == 0) {
      // Zero and subnormals: the mantissa counts units of 2^-24.
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
  }

  /** The upper half of a binary32. */
  public static float bfloatToFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}

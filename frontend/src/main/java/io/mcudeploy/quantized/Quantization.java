package io.mcudeploy.quantized;

/**
 * How integers stand for real numbers: real = scale · (integer − zeroPoint).
 *
 * @param scale positive and finite
 * @param zeroPoint the integer that stands for 0, within the storage type's range
 */
public record Quantization(double scale, int zeroPoint) {
  public Quantization {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("scale " + scale);
    }
  }

  public double toReal(int integer) {
    return scale * (integer - zeroPoint);
  }

  /** The nearest int8, ties to even, saturated. */
  public byte toInt8(double real) {
    return (byte) toInteger(real, -128, 127);
  }

  /**
   * The nearest integer of a range, ties to even, saturated; not-a-number becomes the zero point.
   */
  public int toInteger(double real, int lowest, int highest) {
    if (Double.isNaN(real)) {
      return zeroPoint;
    }
    double integer = Math.rint(real / scale) + zeroPoint;
    return (int) Math.max(lowest, Math.min(highest, integer));
  }
}

package io.mcudeploy.quantized.operators;

/** What the capsule operators share. */
final class Capsules {
  /**
   * The largest product of squash, a · factor or x · ratio, with the half that is added: 2^15 ·
   * 2^15 + 2^29. Never reached together; a bound is all it is for.
   */
  static final long SQUASH_PRODUCT_BOUND = (1L << 30) + (1L << 29);

  private Capsules() {}

  static byte saturate8(int value) {
    return (byte) Math.max(-128, Math.min(127, value));
  }

  /** Floor of the square root of an unsigned 32-bit integer: one result bit a step. */
  static int squareRoot(int unsigned) {
    int root = 0;
    int rest = unsigned;
    for (int bit = 1 << 30; bit != 0; bit >>>= 2) {
      if (Integer.compareUnsigned(rest, root + bit) >= 0) {
        rest -= root + bit;
        root = (root >>> 1) + bit;
      } else {
        root >>>= 1;
      }
    }
    return root;
  }

  /** The nearest int8 weights to {@code values[from..from + count)} at a scale. */
  static void quantize(float[] values, int from, int count, double scale, byte[] quantized) {
    for (int i = from; i < from + count; i++) {
      quantized[i] = (byte) Math.max(-127, Math.min(127, Math.rint(values[i] / scale)));
    }
  }

  /** The scale that brings the largest magnitude to 127; 1 for zeros. */
  static double scale(float[] values, int from, int count) {
    double largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest > 0 ? largest / 127 : 1;
  }

  /** The nearest int32, saturated at ±limit. */
  static int integer(double value, double limit) {
    return (int) Math.max(-limit, Math.min(limit, Math.rint(value)));
  }
}

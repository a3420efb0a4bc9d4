package io.mcudeploy.quantized;

/**
 * A positive real factor as integers, TFLite's way: factor ≈ multiplier · 2^(−31 − shift).
 *
 * @param multiplier Q31, 2^30 ≤ multiplier &lt; 2^31, or 0 for a factor too small to matter; down
 *     to 2^29 after {@link #dividedBy}
 * @param shift to the right when positive, to the left when negative; −30..31
 */
public record Multiplier(int multiplier, int shift) {
  /** Zeros at the end of a multiplier that {@link #applyWide} leaves out. */
  private static final int MOST_ZEROS = 16;

  /** Scales of a network that lie so far apart that no integer arithmetic bridges them. */
  public static final class TooLargeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private TooLargeException(double factor) {
      super("factor " + factor + " is 2^30 or more");
    }
  }

  /**
   * The nearest representable factor, rounded as TFLite's QuantizeMultiplier does.
   *
   * @throws TooLargeException if the factor is 2^30 or more
   */
  public static Multiplier of(double factor) {
    if (!(factor >= 0)) {
      throw new IllegalArgumentException("factor " + factor);
    }
    if (factor >= 0x1p30) {
      throw new TooLargeException(factor);
    }
    if (factor == 0) {
      return new Multiplier(0, 0);
    }
    int exponent = Math.getExponent(factor) + 1;
    long mantissa = Math.round(Math.scalb(factor, 31 - exponent));
    if (mantissa == 1L << 31) {
      mantissa >>= 1;
      exponent++;
    }
    if (exponent < -31) {
      return new Multiplier(0, 0);
    }
    if (exponent > 30) {
      throw new TooLargeException(factor);
    }
    return new Multiplier((int) mantissa, -exponent);
  }

  /**
   * This factor for a mean of {@code count} numbers whose sum it is applied to, as TFLite's MEAN
   * derives it: the multiplier takes the division, cut.
   */
  public Multiplier dividedBy(int count) {
    int room = Math.max(0, Math.min(31 - Integer.numberOfLeadingZeros(count), 31 - shift));
    return new Multiplier((int) (((long) multiplier << room) / count), shift + room);
  }

  /**
   * requantize of docs/SPEC.md: saturating rounding doubling high multiply, then a rounding right
   * shift, ties away from zero.
   */
  public int apply(int accumulator) {
    int left = Math.max(0, -shift);
    int right = Math.max(0, shift);
    return roundingShiftRight(doublingHighMultiply(accumulator << left, multiplier), right);
  }

  /**
   * requantize of docs/SPEC.md for 64-bit sums: the exact product, rounded once, ties up.
   *
   * @param accumulator its product with {@link #reduced} fits an int64
   */
  public int applyWide(long accumulator) {
    int right = wideShift();
    return (int) ((accumulator * reduced() + (1L << (right - 1))) >> right);
  }

  /** The multiplier without its lowest zeros, of which at most 16 count. */
  public int reduced() {
    return multiplier >> zeros();
  }

  /** The right shift that belongs to {@link #reduced}; 1..62 where the factor is below 2^14. */
  public int wideShift() {
    return 31 + shift - zeros();
  }

  private int zeros() {
    return Math.min(MOST_ZEROS, Integer.numberOfTrailingZeros(multiplier));
  }

  /**
   * The nearest factor whose product with sums up to a bound fits an int64: as many bits as are
   * left, at most 31. At least 15, and these are exactly TFLite's, which never rounds them up to
   * 16.
   */
  public Multiplier forSumsUpTo(long bound) {
    int cut = Math.min(MOST_ZEROS, Math.max(0, 33 - Long.numberOfLeadingZeros(bound)));
    long rounded = (multiplier + (1L << cut >> 1)) >> cut << cut;
    if (rounded < 1L << 31) {
      return new Multiplier((int) rounded, shift);
    }
    return cut == MOST_ZEROS
        ? new Multiplier(0x7fff << MOST_ZEROS, shift)
        : new Multiplier(1 << 30, shift - 1);
  }

  /** The real factor the integers stand for. */
  public double factor() {
    return Math.scalb((double) multiplier, -31 - shift);
  }

  /** round(a · b / 2^31), ties up, saturated (only −2^31 · −2^31 saturates). */
  public static int doublingHighMultiply(int a, int b) {
    if (a == Integer.MIN_VALUE && b == Integer.MIN_VALUE) {
      return Integer.MAX_VALUE;
    }
    long product = (long) a * b;
    long nudge = product >= 0 ? 1L << 30 : 1 - (1L << 30);
    return (int) ((product + nudge) / (1L << 31));
  }

  /** round(value / 2^shift), ties away from zero; 0 ≤ shift ≤ 31. */
  public static int roundingShiftRight(int value, int shift) {
    int mask = (int) ((1L << shift) - 1);
    int remainder = value & mask;
    int threshold = (mask >> 1) + (value < 0 ? 1 : 0);
    return (value >> shift) + (remainder > threshold ? 1 : 0);
  }
}

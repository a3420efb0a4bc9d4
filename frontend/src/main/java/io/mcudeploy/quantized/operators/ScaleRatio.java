package io.mcudeploy.quantized.operators;

/**
 * A ratio of at most 1 between two scales, {@code multiplier · 2^(−15 − shift)}. It brings the sums
 * of different capsules to one unit, so that they share one {@link SquashTable}.
 *
 * @param multiplier 2^14..2^15 from {@link #of}, 0..2^15 anywhere
 * @param shift 0..15 from {@link #of}, 0..31 anywhere
 */
public record ScaleRatio(int multiplier, int shift) {
  /** The ratio of equal scales. */
  public static final ScaleRatio ONE = new ScaleRatio(1 << 15, 0);

  private static final int HIGHEST_SHIFT = 15;
  private static final int HIGHEST_SUM_OF_SHIFTS = 31;

  public ScaleRatio {
    Checks.require(multiplier >= 0 && multiplier <= 1 << 15, "multiplier " + multiplier);
    Checks.require(shift >= 0 && shift <= HIGHEST_SUM_OF_SHIFTS, "shift " + shift);
  }

  /**
   * The nearest ratio; 0 below 2^-16.
   *
   * @param value 0..1
   */
  public static ScaleRatio of(double value) {
    Checks.require(value >= 0 && value <= 1, "a ratio of " + value);
    int shift = Math.max(0, -1 - Math.getExponent(value));
    if (shift > HIGHEST_SHIFT) {
      return new ScaleRatio(0, 0);
    }
    return new ScaleRatio((int) Math.round(Math.scalb(value, 15 + shift)), shift);
  }

  /** The real number the integers stand for. */
  public double value() {
    return Math.scalb((double) multiplier, -15 - shift);
  }
}

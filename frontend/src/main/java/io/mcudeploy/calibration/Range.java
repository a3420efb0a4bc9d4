package io.mcudeploy.calibration;

/** The real values a tensor is expected to take; what lies outside saturates. */
public record Range(double low, double high) {
  /** Of a tensor that is always 0. */
  public static final Range ZERO = new Range(0, 0);

  public Range {
    if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
      throw new IllegalArgumentException("range " + low + " to " + high);
    }
  }

  /** The smallest range that covers both. */
  public Range union(Range other) {
    return new Range(Math.min(low, other.low), Math.max(high, other.high));
  }

  /** The larger absolute value of the ends. */
  public double magnitude() {
    return Math.max(Math.abs(low), Math.abs(high));
  }
}

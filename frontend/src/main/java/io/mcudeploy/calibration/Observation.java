package io.mcudeploy.calibration;

/** What one tensor was seen to hold, in bounded memory; samples are added in their order. */
final class Observation {
  /** Weight of the newest sample in the moving average, as in PyTorch's observer. */
  static final double NEWEST = 0.01;

  private final Histogram histogram = new Histogram();
  private Range average = Range.ZERO;
  private boolean averaged;

  /** Takes the tensor's values on one sample into account. */
  void add(float[] values) {
    histogram.add(values);
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      if (Float.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (low > high) {
      return;
    }
    average =
        averaged
            ? new Range(
                average.low() + NEWEST * (low - average.low()),
                average.high() + NEWEST * (high - average.high()))
            : new Range(low, high);
    averaged = true;
  }

  Histogram histogram() {
    return histogram;
  }

  /** The moving average of the samples' extremes; zero if there were none. */
  Range movingAverage() {
    return average;
  }
}

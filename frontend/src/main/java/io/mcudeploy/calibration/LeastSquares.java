package io.mcudeploy.calibration;

/** The range that makes the mean square error of int8 quantization least. */
final class LeastSquares {
  /** Candidates for each end, from this share of the observed end up to all of it. */
  private static final double SMALLEST_SHARE = 0.2;

  private static final int CANDIDATES = 81;

  private LeastSquares() {}

  /**
   * One end after the other, twice: the error is nearly separable, since each end's clipping is its
   * own and the step they share changes little.
   */
  static Range rangeOf(Histogram histogram) {
    Range observed = histogram.range();
    double low = Math.min(0, observed.low());
    double high = Math.max(0, observed.high());
    if (low == high) {
      return observed;
    }
    for (int round = 0; round < 2; round++) {
      high = bestHigh(histogram, low, Math.max(0, observed.high()));
      low = bestLow(histogram, Math.min(0, observed.low()), high);
    }
    return new Range(low, high);
  }

  private static double bestHigh(Histogram histogram, double low, double observed) {
    double best = observed;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < CANDIDATES && observed > 0; i++) {
      double candidate = observed * share(i);
      double error = squaredError(histogram, low, candidate);
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    return best;
  }

  private static double bestLow(Histogram histogram, double observed, double high) {
    double best = observed;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < CANDIDATES && observed < 0; i++) {
      double candidate = observed * share(i);
      double error = squaredError(histogram, candidate, high);
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    return best;
  }

  private static double share(int candidate) {
    return 1 - candidate * (1 - SMALLEST_SHARE) / (CANDIDATES - 1);
  }

  private static double squaredError(Histogram histogram, double low, double high) {
    double step = (high - low) / 255;
    double error = 0;
    for (int bin = 0; bin < histogram.bins(); bin++) {
      long count = histogram.count(bin);
      if (count == 0) {
        continue;
      }
      double value = histogram.centre(bin);
      double clamped = Math.max(low, Math.min(high, value));
      // Values are spread evenly within a step, so rounding costs step²/12 wherever they lie.
      double clipping = value - clamped;
      error += count * (clipping * clipping + step * step / 12);
    }
    return error;
  }
}

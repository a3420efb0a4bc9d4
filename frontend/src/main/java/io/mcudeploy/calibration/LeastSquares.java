package io.mcudeploy.calibration;

/** The range that makes the mean square error of int8 quantization least. */
record LeastSquares(Histogram histogram, ActivationScheme scheme) {
  /** Candidates for each end, from this share of the observed end up to all of it. */
  private static final double SMALLEST_SHARE = 0.2;

  private static final int CANDIDATES = 81;

  static Range rangeOf(Histogram histogram, ActivationScheme scheme) {
    Range observed = histogram.range();
    double low = Math.min(0, observed.low());
    double high = Math.max(0, observed.high());
    if (low == high) {
      return observed;
    }
    LeastSquares search = new LeastSquares(histogram, scheme);
    return scheme == ActivationScheme.ASYMMETRIC
        ? search.bestEnds(low, high)
        : search.bestMagnitude(low, high);
  }

  /**
   * One end after the other, twice: the error is nearly separable, since each end's clipping is its
   * own and the step they share changes little.
   */
  private Range bestEnds(double lowest, double highest) {
    double low = lowest;
    double high = highest;
    for (int round = 0; round < 2; round++) {
      high = bestHigh(low, highest);
      low = bestLow(lowest, high);
    }
    return new Range(low, high);
  }

  /** Where the scale follows from the larger end alone. */
  private Range bestMagnitude(double low, double high) {
    double magnitude = Math.max(high, -low);
    Range best = new Range(low, high);
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
      double limit = magnitude * share(i);
      Range candidate = new Range(Math.max(low, -limit), Math.min(high, limit));
      double error = squaredError(candidate.low(), candidate.high());
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    return best;
  }

  private double bestHigh(double low, double observed) {
    double best = observed;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < CANDIDATES && observed > 0; i++) {
      double candidate = observed * share(i);
      double error = squaredError(low, candidate);
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    return best;
  }

  private double bestLow(double observed, double high) {
    double best = observed;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < CANDIDATES && observed < 0; i++) {
      double candidate = observed * share(i);
      double error = squaredError(candidate, high);
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

  private double squaredError(double low, double high) {
    double step = scheme.step(low, high);
    Range reach = scheme.reach(low, high);
    double error = 0;
    for (int bin = 0; bin < histogram.bins(); bin++) {
      long count = histogram.count(bin);
      if (count == 0) {
        continue;
      }
      double value = histogram.centre(bin);
      double clamped = Math.max(reach.low(), Math.min(reach.high(), value));
      // Values are spread evenly within a step, so rounding costs step²/12 wherever they lie.
      double clipping = value - clamped;
      error += count * (clipping * clipping + step * step / 12);
    }
    return error;
  }
}

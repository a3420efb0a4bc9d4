package io.mcudeploy.calibration;

/**
 * Counts of one tensor's observed values, in bounded memory and in one pass. Bins have equal width,
 * a power of two; when a value lies outside, the width doubles and neighbours merge. So the final
 * bins depend on the values only, not on their order. Values that are not finite are left out.
 */
final class Histogram {
  /** Bins for each sign: at least 1,024 of them hold the larger side. */
  private static final int BINS = 2048;

  /** Width 2^-60 of the bins before the first value that is not 0. */
  private static final int SMALLEST_EXPONENT = -60;

  private long[] counts = new long[2 * BINS];
  private int exponent = SMALLEST_EXPONENT;
  private double low = Double.POSITIVE_INFINITY;
  private double high = Double.NEGATIVE_INFINITY;
  private long total;

  void add(float[] values) {
    for (float value : values) {
      if (Float.isInfinite(value) || Float.isNaN(value)) {
        continue;
      }
      low = Math.min(low, value);
      high = Math.max(high, value);
      total++;
    }
    if (total == 0) {
      return;
    }
    widenTo(neededExponent());
    double binsPerUnit = Math.scalb(1.0, -exponent);
    for (float value : values) {
      if (Float.isInfinite(value) || Float.isNaN(value)) {
        continue;
      }
      counts[BINS + (int) Math.floor(value * binsPerUnit)]++;
    }
  }

  /** All observed values; zero if there were none. */
  Range range() {
    return total == 0 ? Range.ZERO : new Range(low, high);
  }

  /** The range without a share of the values at either end. */
  Range withoutTails(double share) {
    if (total == 0) {
      return Range.ZERO;
    }
    long cut = (long) (share * total);
    int first = 0;
    for (long seen = counts[0]; seen <= cut; seen += counts[first]) {
      first++;
    }
    int last = counts.length - 1;
    for (long seen = counts[last]; seen <= cut; seen += counts[last]) {
      last--;
    }
    double lowest = Math.max(low, lowerEdge(first));
    return new Range(lowest, Math.max(lowest, Math.min(high, lowerEdge(last + 1))));
  }

  /** Number of bins. */
  int bins() {
    return counts.length;
  }

  long count(int bin) {
    return counts[bin];
  }

  /** The middle of a bin. */
  double centre(int bin) {
    return Math.scalb(bin - BINS + 0.5, exponent);
  }

  /** The bin of a value in the observed range. */
  int binOf(double value) {
    return BINS + (int) Math.floor(Math.scalb(value, -exponent));
  }

  /** The least value that belongs to a bin. */
  double lowerEdge(int bin) {
    return Math.scalb((double) bin - BINS, exponent);
  }

  /** The smallest bin width for which all values so far have a bin. */
  private int neededExponent() {
    int needed = exponent;
    while (high >= Math.scalb((double) BINS, needed) || low < Math.scalb(-(double) BINS, needed)) {
      needed++;
    }
    return needed;
  }

  private void widenTo(int newExponent) {
    int doublings = newExponent - exponent;
    if (doublings == 0) {
      return;
    }
    long[] wider = new long[counts.length];
    for (int bin = 0; bin < counts.length; bin++) {
      int merged = (bin - BINS) >> Math.min(31, doublings);
      wider[BINS + merged] += counts[bin];
    }
    counts = wider;
    exponent = newExponent;
  }
}

package io.mcudeploy.calibration;

/**
 * The range whose int8 quantization changes the distribution of the values least: least
 * Kullback-Leibler divergence between the clipped distribution and what 255 steps make of it
 * (Migacz, "8-bit inference with TensorRT", 2017).
 */
final class Entropy {
  private static final int LEVELS = 255;

  /** Bins between two candidates for the threshold. */
  private static final int STRIDE = 8;

  /** The probability of a bin that quantization leaves empty although values lie there. */
  private static final double FLOOR = 1e-9;

  private final Histogram histogram;

  private Entropy(Histogram histogram) {
    this.histogram = histogram;
  }

  /** Both ends are cut at the same distance from 0, where the values reach as far. */
  static Range rangeOf(Histogram histogram) {
    Range observed = histogram.range();
    if (observed.magnitude() == 0) {
      return observed;
    }
    Entropy entropy = new Entropy(histogram);
    int zero = histogram.bins() / 2;
    int first = histogram.binOf(Math.min(0, observed.low()));
    int last = histogram.binOf(Math.max(0, observed.high()));
    int reach = Math.max(zero - first, last + 1 - zero);
    double least = Double.POSITIVE_INFINITY;
    int best = reach;
    for (int threshold = reach; threshold > 0; threshold -= STRIDE) {
      int from = Math.max(first, zero - threshold);
      int to = Math.min(last + 1, zero + threshold);
      if (to - from < LEVELS) {
        break;
      }
      double divergence = entropy.divergence(from, to);
      if (divergence < least) {
        least = divergence;
        best = threshold;
      }
    }
    double limit = histogram.lowerEdge(zero + best);
    return new Range(Math.max(observed.low(), -limit), Math.min(observed.high(), limit));
  }

  /** Of the values clipped to the bins {@code from <= bin < to}. */
  private double divergence(int from, int to) {
    int bins = to - from;
    double[] clipped = new double[bins];
    double[] quantized = new double[bins];
    for (int i = 0; i < bins; i++) {
      clipped[i] = count(from + i);
    }
    for (int level = 0; level < LEVELS; level++) {
      spread(clipped, quantized, level * bins / LEVELS, (level + 1) * bins / LEVELS);
    }
    double inside = sum(clipped);
    for (int bin = 0; bin < from; bin++) {
      clipped[0] += count(bin);
    }
    for (int bin = to; bin < histogram.bins(); bin++) {
      clipped[bins - 1] += count(bin);
    }
    double total = sum(clipped);
    double divergence = 0;
    for (int i = 0; i < bins; i++) {
      if (clipped[i] > 0) {
        double p = clipped[i] / total;
        divergence += p * StrictMath.log(p / Math.max(FLOOR, quantized[i] / inside));
      }
    }
    return divergence;
  }

  /** One step holds the values of its bins as if they were spread evenly where there are any. */
  private static void spread(double[] counts, double[] quantized, int from, int to) {
    double sum = 0;
    int filled = 0;
    for (int i = from; i < to; i++) {
      sum += counts[i];
      filled += counts[i] > 0 ? 1 : 0;
    }
    for (int i = from; i < to; i++) {
      quantized[i] = counts[i] > 0 ? sum / filled : 0;
    }
  }

  /**
   * The values in a bin. The bin that holds 0 counts as its neighbour: every quantization
   * represents 0 exactly, so the zeros behind a ReLU say nothing about the range.
   */
  private double count(int bin) {
    int zero = histogram.bins() / 2;
    return histogram.count(bin == zero ? zero + 1 : bin);
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}

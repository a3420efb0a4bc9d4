package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;

/** Bounds of what the 32-bit registers of kernels hold. */
final class Accumulators {
  private Accumulators() {}

  /**
   * The largest absolute value of a sum {@code bias + Σ (x − z) · w} over int8 x, of all its
   * partial sums in any order, of the same with the zero point folded into the bias, and of its
   * left shift in requantize where there is one.
   *
   * @param magnitudes Σ |w|
   * @param sum Σ w
   */
  static long bound(int bias, long magnitudes, long sum, int zeroPoint, Multiplier multiplier) {
    long centred = Math.abs((long) bias) + magnitudes * largestDistance(zeroPoint);
    long folded = Math.abs(bias - zeroPoint * sum) + magnitudes * 128;
    return shifted(Math.max(centred, folded), multiplier);
  }

  /**
   * The same, the largest of all output channels.
   *
   * @param weights [outputs][weights of one output]
   */
  static long bound(Int8Array weights, Int32Array biases, int zeroPoint, OutputStage output) {
    byte[] w = weights.toArray();
    int perOutput = w.length / biases.length();
    long largest = 0;
    for (int o = 0; o < biases.length(); o++) {
      long magnitudes = 0;
      long sum = 0;
      for (int i = o * perOutput; i < (o + 1) * perOutput; i++) {
        magnitudes += Math.abs(w[i]);
        sum += w[i];
      }
      Multiplier multiplier = output.multipliers().get(o);
      largest = Math.max(largest, bound(biases.get(o), magnitudes, sum, zeroPoint, multiplier));
    }
    return largest;
  }

  /** The largest |x − z| of an int8 x. */
  static int largestDistance(int zeroPoint) {
    return Math.max(127 - zeroPoint, zeroPoint + 128);
  }

  /** A bound after the left shift that a factor of 1 or more asks of requantize. */
  static long shifted(long bound, Multiplier multiplier) {
    return bound << Math.max(0, -multiplier.shift());
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;

/** Bounds of what the 32-bit registers of kernels hold. */
final class Accumulators {
  private Accumulators() {}

  /**
   * What a 64-bit accumulator may reach: a multiplier of 16 bits and half a unit of the result
   * still fit beside it.
   */
  static final long WIDE_LIMIT = 1L << 46;

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
  static long bound(
      Int8Array weights, Int32Array biases, StorageType input, int zeroPoint, OutputStage output) {
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
      largest =
          Math.max(largest, bound(biases.get(o), magnitudes, sum, input, zeroPoint, multiplier));
    }
    return largest;
  }

  /** The same of int8 inputs. */
  static long bound(Int8Array weights, Int32Array biases, int zeroPoint, OutputStage output) {
    return bound(weights, biases, StorageType.INT8, zeroPoint, output);
  }

  /**
   * The same for inputs of some storage. Sums over int16 never have the zero point folded in and
   * are not shifted.
   */
  static long bound(
      int bias,
      long magnitudes,
      long sum,
      StorageType input,
      int zeroPoint,
      Multiplier multiplier) {
    return input == StorageType.INT8
        ? bound(bias, magnitudes, sum, zeroPoint, multiplier)
        : Math.abs((long) bias) + magnitudes * largestDistance(input, zeroPoint);
  }

  /** What the accumulators of a layer with inputs of some storage may reach. */
  static long limit(StorageType input) {
    return input == StorageType.INT8 ? IntegerOperator.LARGEST_INT32_ACCUMULATOR : WIDE_LIMIT;
  }

  /** The largest |x − z| of an int8 x. */
  static int largestDistance(int zeroPoint) {
    return largestDistance(StorageType.INT8, zeroPoint);
  }

  /** The largest |x − z|. */
  static int largestDistance(StorageType storage, int zeroPoint) {
    return Math.max(storage.highest() - zeroPoint, zeroPoint - storage.lowest());
  }

  /** A bound after the left shift that a factor of 1 or more asks of requantize. */
  static long shifted(long bound, Multiplier multiplier) {
    return bound << Math.max(0, -multiplier.shift());
  }
}

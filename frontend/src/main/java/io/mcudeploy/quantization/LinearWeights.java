package io.mcudeploy.quantization;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * Weights and biases of a layer in integers: weights symmetric with a scale for each output, biases
 * at input scale · weight scale.
 *
 * @param weights in the order of the real ones
 * @param multipliers input scale · weight scale / output scale, for each output
 */
record LinearWeights(Int8Array weights, Int32Array bias, List<Multiplier> multipliers) {
  /** Sums over int16 that leave a multiplier 16 bits. */
  private static final long LARGEST_SUM = 1L << 46;

  /** No bias uses more, so that a sum of products has the rest of an int32. */
  private static final double LARGEST_BIAS = 0x1p29;

  /** Files hold the scale of a bias in single precision. */
  private static final double SAME_SCALE = 1e-5;

  /**
   * Quantizes, or takes over the integers that the model file has.
   *
   * @param weights [outputs, ..]
   * @param bias [outputs]
   */
  static LinearWeights of(
      Tensor.Floats weights, Tensor.Floats bias, Quantization input, Quantization output) {
    return of(weights, bias, input, output, product -> product);
  }

  /**
   * The same for a matrix. Where the file has one scale for all of it, TFLite keeps the product of
   * this scale and the input's in single precision.
   */
  static LinearWeights ofMatrix(
      Tensor.Floats weights, Tensor.Floats bias, Quantization input, Quantization output) {
    boolean oneScale = weights.encoding().filter(from -> from.grid().isPerTensor()).isPresent();
    return of(weights, bias, input, output, product -> oneScale ? (float) product : product);
  }

  private static LinearWeights of(
      Tensor.Floats weights,
      Tensor.Floats bias,
      Quantization input,
      Quantization output,
      DoubleUnaryOperator stored) {
    int outputs = bias.values().length;
    int perOutput = weights.values().length / outputs;
    Optional<Encoding> given = symmetric(weights, outputs);
    byte[] integers = new byte[weights.values().length];
    int[] biases = new int[outputs];
    boolean sixteenBits = hasInt64Bias(bias);
    List<Multiplier> multipliers = new ArrayList<>();
    for (int o = 0; o < outputs; o++) {
      int start = o * perOutput;
      double scale;
      if (given.isPresent() && holdsBias(given.get().grid(), o, bias.values()[o], input)) {
        scale = scale(given.get().grid(), o);
        int zeroPoint = given.get().grid().zeroPoints().get(index(given.get().grid(), o));
        for (int i = start; i < start + perOutput; i++) {
          integers[i] = (byte) (given.get().integers().values()[i] - zeroPoint);
        }
      } else {
        scale = scale(weights.values(), start, perOutput, bias.values()[o], input.scale());
        for (int i = start; i < start + perOutput; i++) {
          integers[i] =
              (byte) Math.max(-127, Math.min(127, Math.rint(weights.values()[i] / scale)));
        }
      }
      biases[o] = bias(bias, o, input.scale() * scale);
      Multiplier factor =
          Multiplier.of(stored.applyAsDouble(input.scale() * scale) / output.scale());
      multipliers.add(
          input.storage() == StorageType.INT16
              ? factor.forSumsUpTo(
                  sixteenBits
                      ? LARGEST_SUM
                      : Math.abs((long) biases[o]) + bound(integers, start, perOutput))
              : factor);
    }
    return new LinearWeights(Int8Array.of(integers), Int32Array.of(biases), multipliers);
  }

  /** Folding may leave a channel of tiny weights beside a bias that their scale cannot hold. */
  private static boolean holdsBias(Grid grid, int output, float bias, Quantization input) {
    return Math.abs(bias) <= LARGEST_BIAS * input.scale() * scale(grid, output);
  }

  /**
   * Whether the file has the biases as int64: then it is made for kernels that requantize with
   * multipliers of 16 bits.
   */
  private static boolean hasInt64Bias(Tensor.Floats bias) {
    return bias.encoding().stream()
        .anyMatch(encoding -> encoding.integers().element() == ElementType.INT64);
  }

  /** Of the sums of one output over int16 inputs, without the bias. */
  private static long bound(byte[] weights, int start, int count) {
    long magnitudes = 0;
    for (int i = start; i < start + count; i++) {
      magnitudes += Math.abs(weights[i]);
    }
    return magnitudes * 65_535;
  }

  /** The integers of the file if they are int8 with a scale for each output, or one for all. */
  private static Optional<Encoding> symmetric(Tensor.Floats weights, int outputs) {
    return weights
        .encoding()
        .filter(encoding -> fitsOutputs(encoding.grid(), outputs))
        .filter(
            encoding -> {
              long[] integers = encoding.integers().values();
              int perOutput = integers.length / outputs;
              return IntStream.range(0, integers.length)
                  .allMatch(
                      i -> {
                        int index = index(encoding.grid(), i / perOutput);
                        long value = integers[i] - encoding.grid().zeroPoints().get(index);
                        return value >= Byte.MIN_VALUE && value <= Byte.MAX_VALUE;
                      });
            });
  }

  private static boolean fitsOutputs(Grid grid, int outputs) {
    return grid.isPerTensor() || (grid.axis() == 0 && grid.scales().size() == outputs);
  }

  private static int index(Grid grid, int output) {
    return grid.isPerTensor() ? 0 : output;
  }

  private static double scale(Grid grid, int output) {
    return grid.scales().get(index(grid, output));
  }

  /** The file's own integer where it has the scale of the layer's sums. */
  private static int bias(Tensor.Floats bias, int output, double scale) {
    if (bias.encoding().isPresent()) {
      Encoding encoding = bias.encoding().get();
      double given = scale(encoding.grid(), output);
      if (Math.abs(given - scale) <= SAME_SCALE * scale) {
        int zeroPoint = encoding.grid().zeroPoints().get(index(encoding.grid(), output));
        return (int) (encoding.integers().values()[output] - zeroPoint);
      }
    }
    return (int) Math.rint(bias.values()[output] / scale);
  }

  /**
   * The largest weight becomes 127; where weights are tiny beside their bias, they get the scale at
   * which the bias still fits.
   */
  private static double scale(
      float[] weights, int start, int count, float bias, double inputScale) {
    double largest = 0;
    for (int i = start; i < start + count; i++) {
      largest = Math.max(largest, Math.abs(weights[i]));
    }
    double scale = Math.max(largest / 127, Math.abs(bias) / (inputScale * LARGEST_BIAS));
    return scale > 0 ? scale : 1;
  }

  /** The largest result a layer could give for inputs up to a magnitude. */
  static double reach(float[] weights, float[] bias, double inputMagnitude) {
    int perOutput = weights.length / bias.length;
    double reach = 0;
    for (int o = 0; o < bias.length; o++) {
      double sum = Math.abs(bias[o]);
      for (int i = o * perOutput; i < (o + 1) * perOutput; i++) {
        sum += Math.abs(weights[i]) * inputMagnitude;
      }
      reach = Math.max(reach, sum);
    }
    return reach;
  }
}

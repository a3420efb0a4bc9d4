package io.mcudeploy.quantization;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import java.util.ArrayList;
import java.util.List;

/**
 * Weights and biases of a layer in integers: weights symmetric with a scale for each output, biases
 * at input scale · weight scale.
 *
 * @param weights in the order of the real ones
 * @param multipliers input scale · weight scale / output scale, for each output
 */
record LinearWeights(Int8Array weights, Int32Array bias, List<Multiplier> multipliers) {
  /** No bias uses more, so that a sum of products has the rest of an int32. */
  private static final double LARGEST_BIAS = 0x1p29;

  /**
   * Quantizes.
   *
   * @param weights [outputs][weights of one output]
   * @param bias one for each output
   */
  static LinearWeights of(float[] weights, float[] bias, Quantization input, Quantization output) {
    int outputs = bias.length;
    int perOutput = weights.length / outputs;
    byte[] integers = new byte[weights.length];
    int[] biases = new int[outputs];
    List<Multiplier> multipliers = new ArrayList<>();
    for (int o = 0; o < outputs; o++) {
      double scale = scale(weights, o * perOutput, perOutput, bias[o], input.scale());
      for (int i = o * perOutput; i < (o + 1) * perOutput; i++) {
        integers[i] = (byte) Math.max(-127, Math.min(127, Math.rint(weights[i] / scale)));
      }
      biases[o] = (int) Math.rint(bias[o] / (input.scale() * scale));
      multipliers.add(Multiplier.of(input.scale() * scale / output.scale()));
    }
    return new LinearWeights(Int8Array.of(integers), Int32Array.of(biases), multipliers);
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

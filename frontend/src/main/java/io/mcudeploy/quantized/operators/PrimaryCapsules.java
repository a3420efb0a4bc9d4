package io.mcudeploy.quantized.operators;

import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A convolution whose int32 sums are squashed without an int8 tensor between: capsule t of a pixel
 * holds the output channels t · D to t · D + D − 1. All weights of one capsule type share a scale,
 * so the sums of one capsule do. Output [positions][types][D] int8 at {@link Squash#OUTPUT}.
 *
 * @param groups as in {@link Conv2d}
 * @param weights [outputChannels][kernelHeight][kernelWidth][inputChannels / groups]
 * @param bias one for each output channel, the input's zero point not folded in
 * @param relu whether negative sums count as 0
 * @param ratios one for each capsule type
 * @param table its dimension is D, which divides the output channels
 */
public record PrimaryCapsules(
    Window window,
    int outputChannels,
    int groups,
    int inputZeroPoint,
    Int8Array weights,
    Int32Array bias,
    boolean relu,
    List<ScaleRatio> ratios,
    SquashTable table)
    implements RowWindow {

  public PrimaryCapsules {
    ratios = List.copyOf(ratios);
    Checks.require(
        outputChannels % table.dimension() == 0,
        outputChannels + " channels in capsules of " + table.dimension());
    Checks.count("ratios", outputChannels / table.dimension(), ratios.size());
    convolution(window, outputChannels, groups, inputZeroPoint, weights, bias);
  }

  /**
   * Quantizes the layer.
   *
   * @param input of the image
   * @param weights [outputChannels][kernelHeight][kernelWidth][inputChannels / groups]
   * @param bias one for each output channel
   */
  public static PrimaryCapsules of(
      Window window,
      int groups,
      Quantization input,
      float[] weights,
      float[] bias,
      boolean relu,
      int capsuleDimension,
      SquashFunction function) {
    int types = bias.length / capsuleDimension;
    int weightsPerType = weights.length / types;
    byte[] quantized = new byte[weights.length];
    int[] sums = new int[bias.length];
    double[] scales = new double[types];
    double unit = 0;
    for (int type = 0; type < types; type++) {
      int from = type * weightsPerType;
      double weightScale = Capsules.scale(weights, from, weightsPerType);
      scales[type] = input.scale() * weightScale;
      unit = Math.max(unit, scales[type]);
      Capsules.quantize(weights, from, weightsPerType, weightScale, quantized);
      for (int o = type * capsuleDimension; o < (type + 1) * capsuleDimension; o++) {
        sums[o] = Capsules.integer(bias[o] / scales[type], 1 << 30);
      }
    }
    double largest = unit;
    List<ScaleRatio> ratios =
        Arrays.stream(scales).mapToObj(each -> ScaleRatio.of(each / largest)).toList();
    Int8Array w = Int8Array.of(quantized);
    Int32Array b = Int32Array.of(sums);
    long bound =
        convolution(window, bias.length, groups, input.zeroPoint(), w, b).accumulatorBound();
    SquashTable table =
        SquashTable.of(
            function,
            capsuleDimension,
            unit,
            Math.min(bound, Integer.MAX_VALUE),
            Squash.FRACTION_BITS);
    return new PrimaryCapsules(
        window, bias.length, groups, input.zeroPoint(), w, b, relu, ratios, table);
  }

  @Override
  public PrimaryCapsules over(Window other) {
    return new PrimaryCapsules(
        other, outputChannels, groups, inputZeroPoint, weights, bias, relu, ratios, table);
  }

  @Override
  public String kind() {
    return "primary_capsules";
  }

  @Override
  public String summary() {
    return "%s, %d -> %d channels%s%s, squashed: %d types, %d capsules of %d"
        .formatted(
            window.summary(),
            window.inputChannels(),
            outputChannels,
            groups > 1 ? " in " + groups + " groups" : "",
            relu ? ", ReLU" : "",
            ratios.size(),
            window.outputPositions() * ratios.size(),
            table.dimension());
  }

  /** The layer up to the int32 sums; this convolution's own output stage stands idle. */
  public Conv2d convolution() {
    return convolution(window, outputChannels, groups, inputZeroPoint, weights, bias);
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.centred(inputs.get(0), window.inputElements(), inputZeroPoint);
    byte[] w = weights.toArray();
    Conv2d convolution = convolution();
    int dimension = table.dimension();
    long[] accumulators = new long[outputChannels];
    int[] sums = new int[outputChannels];
    int[] squashed = new int[dimension];
    byte[] y = new byte[window.outputPositions() * outputChannels];
    int position = 0;
    for (int row = 0; row < window.outputHeight(); row++) {
      for (int column = 0; column < window.outputWidth(); column++) {
        convolution.accumulate(x, w, row, column, accumulators);
        for (int o = 0; o < outputChannels; o++) {
          sums[o] = (int) (relu ? Math.max(0, accumulators[o]) : accumulators[o]);
        }
        for (int type = 0; type < ratios.size(); type++) {
          table.squash(sums, type * dimension, 1, ratios.get(type), Squash.FRACTION_BITS, squashed);
          for (int d = 0; d < dimension; d++) {
            y[position++] = Capsules.saturate8(squashed[d]);
          }
        }
      }
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return convolution().macs();
  }

  @Override
  public long parameterBytes() {
    return convolution().parameterBytes() + 3L * ratios.size() + table.bytes();
  }

  @Override
  public long accumulatorBound() {
    return Math.max(convolution().accumulatorBound(), Capsules.SQUASH_PRODUCT_BOUND);
  }

  private static Conv2d convolution(
      Window window,
      int outputChannels,
      int groups,
      int inputZeroPoint,
      Int8Array weights,
      Int32Array bias) {
    OutputStage idle =
        new OutputStage(Collections.nCopies(outputChannels, new Multiplier(0, 0)), 0, -128, 127);
    return new Conv2d(window, outputChannels, groups, inputZeroPoint, weights, bias, idle);
  }
}

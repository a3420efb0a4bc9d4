package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.Pad;
import io.mcudeploy.quantized.operators.Window;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Average pools: input and output share their scale; padding that counts becomes real zeros. */
record AveragePoolLowering(AveragePool2d operator) implements Lowering {
  /** A power of two, so that the weights are exact, and large, so that the sum has spare bits. */
  private static final byte WEIGHT = 64;

  @Override
  public boolean takesInt16() {
    return true;
  }

  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return Clamps.isClamp(follower);
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.share(step.input(0), step.output());
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Windows.requireSingleImage(step, assembly);
    Quantization output = assembly.quantization(step.output());
    Quantization own = assembly.quantization(step.input(0));
    Padded input = padded(step, assembly, own);
    if (own.equals(output)) {
      assembly.add(step, pool(input.window, output, clamp(step)), List.of(input.tensor));
    } else if (countsAlike() && own.storage() == StorageType.INT8) {
      assembly.add(step, weighted(input.window, own, output, clamp(step)), List.of(input.tensor));
    } else {
      String mean =
          assembly.intermediate(
              step.name() + "_mean",
              pool(input.window, own, clamp(step)),
              List.of(input.tensor),
              assembly.shape(step.output()),
              own);
      assembly.alias(step, mean);
    }
  }

  /** Whether all windows hold as many elements. */
  private boolean countsAlike() {
    return !operator.ceil()
        && (operator.countPadding() || operator.padding().equals(Padding2d.NONE));
  }

  private static io.mcudeploy.quantized.operators.AveragePool2d pool(
      Window window, Quantization scale, Activation clamp) {
    return new io.mcudeploy.quantized.operators.AveragePool2d(
        window, Clamps.lowest(clamp, scale), Clamps.highest(clamp, scale), scale.storage());
  }

  private static Activation clamp(Step step) {
    return Clamps.of(step, Activation.NONE);
  }

  /**
   * Where a model file gives the pool's result another scale than its input: a depthwise
   * convolution with equal weights, whose multipliers hold the division and the change of scale. So
   * it rounds once.
   */
  private static DepthwiseConv2d weighted(
      Window window, Quantization input, Quantization output, Activation clamp) {
    int channels = window.inputChannels();
    int taps = window.kernelHeight() * window.kernelWidth();
    byte[] weights = new byte[taps * channels];
    Arrays.fill(weights, WEIGHT);
    Multiplier multiplier = Multiplier.of(input.scale() / (output.scale() * taps * WEIGHT));
    return new DepthwiseConv2d(
        window,
        1,
        input.zeroPoint(),
        Int8Array.of(weights),
        Int32Array.of(new int[channels]),
        Clamps.stage(Collections.nCopies(channels, multiplier), output, clamp));
  }

  /** The input's tensor, with a margin where padding counts. */
  private Padded padded(Step step, Assembly assembly, Quantization scale) {
    Shape shape = assembly.shape(step.input(0));
    String input = assembly.tensor(step.input(0), scale);
    Padding2d padding = operator.padding();
    if (operator.countPadding() && !padding.equals(Padding2d.NONE)) {
      Pad pad =
          new Pad(
              Shape.of(shape.extent(1), shape.extent(2), shape.extent(3)),
              List.of(padding.top(), padding.left(), 0),
              List.of(padding.bottom(), padding.right(), 0),
              scale.zeroPoint(),
              scale.storage());
      shape = Shape.of(1, pad.output().extent(0), pad.output().extent(1), shape.extent(3));
      input = assembly.intermediate(step.name() + "_pad", pad, List.of(input), shape, scale);
      padding = Padding2d.NONE;
    }
    Window window =
        Windows.of(
            shape,
            assembly.shape(step.output()),
            operator.kernel(),
            operator.strides(),
            operator.dilations(),
            padding);
    return new Padded(input, window);
  }

  /** A tensor and how the pool's window moves over it. */
  private record Padded(String tensor, Window window) {}
}

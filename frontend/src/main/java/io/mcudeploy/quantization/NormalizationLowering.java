package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/**
 * Batch normalizations that no convolution could take in: a depthwise convolution of one pixel,
 * with the channels brought to the end and back.
 */
record NormalizationLowering(BatchNormalization operator) implements Lowering {
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
    // The running mean and variance leave results within a few deviations of the bias.
    rules.reaches(step.output(), () -> rules.range(step.input(0)).magnitude());
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape shape = assembly.shape(step.input(0));
    int channels = shape.extent(operator.axis());
    int inner = shape.strides()[operator.axis()];
    int outer = shape.elements() / (channels * inner);
    String input = assembly.tensor(step.input(0));
    if (inner == 1) {
      assembly.add(step, convolution(step, assembly, channels, outer), List.of(input));
      return;
    }
    Shape last = Shape.of(outer, inner, channels);
    String moved =
        assembly.intermediate(
            step.name() + "_channels_last",
            swap(Shape.of(outer, channels, inner), assembly.quantization(step.input(0))),
            List.of(input),
            last,
            assembly.quantization(step.input(0)));
    String normalized =
        assembly.intermediate(
            step.name() + "_normalize",
            convolution(step, assembly, channels, outer * inner),
            List.of(moved),
            last,
            assembly.quantization(step.output()));
    assembly.add(step, swap(last, assembly.quantization(step.output())), List.of(normalized));
  }

  private DepthwiseConv2d convolution(Step step, Assembly assembly, int channels, int pixels) {
    float[] scale = assembly.requireConstant(step, 1, "scale").values();
    float[] bias = assembly.requireConstant(step, 2, "bias").values();
    float[] mean = assembly.requireConstant(step, 3, "mean").values();
    float[] variance = assembly.requireConstant(step, 4, "variance").values();
    float[] factors = new float[channels];
    float[] offsets = new float[channels];
    for (int c = 0; c < channels; c++) {
      double factor = scale[c] / Math.sqrt(variance[c] + operator.epsilon());
      factors[c] = (float) factor;
      offsets[c] = (float) (bias[c] - mean[c] * factor);
    }
    Quantization input = assembly.quantization(step.input(0));
    Quantization output = assembly.quantization(step.output());
    LinearWeights linear =
        LinearWeights.of(
            new Tensor.Floats(Shape.of(channels, 1), factors),
            new Tensor.Floats(Shape.of(channels), offsets),
            input,
            output);
    return new DepthwiseConv2d(
        Window.valid(1, pixels, channels, 1, 1, 1, 1),
        1,
        input.storage(),
        input.zeroPoint(),
        linear.weights(),
        linear.bias(),
        Clamps.stage(linear.multipliers(), output, Clamps.of(step, Activation.NONE)));
  }

  private static Copy swap(Shape shape, Quantization quantization) {
    return IndexMap.of(new Transpose(List.of(0, 2, 1)), shape)
        .copy(quantization.storage())
        .orElseThrow();
  }
}

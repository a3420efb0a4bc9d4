package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/** Convolutions, depthwise ones among them. */
record ConvolutionLowering(Conv2d operator) implements Lowering {
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
    rules.reachesLinear(step);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Windows.requireSingleImage(step, assembly);
    Shape shape = assembly.shape(step.input(1));
    int outputs = shape.extent(0);
    Window window =
        Windows.of(
            assembly.shape(step.input(0)),
            assembly.shape(step.output()),
            new Size2d(shape.extent(1), shape.extent(2)),
            operator.strides(),
            operator.dilations(),
            operator.padding());
    Quantization input = assembly.quantization(step.input(0));
    Quantization output = assembly.quantization(step.output());
    LinearWeights linear =
        LinearWeights.of(
            assembly.requireConstant(step, 1, "weight tensor"),
            assembly.bias(step, outputs),
            input,
            output);
    OutputStage stage =
        Clamps.stage(linear.multipliers(), output, Clamps.of(step, operator.activation()));
    List<String> inputs = List.of(assembly.tensor(step.input(0)));
    boolean depthwise = operator.groups() > 1 && operator.groups() == window.inputChannels();
    if (depthwise) {
      assembly.add(
          step,
          new DepthwiseConv2d(
              window,
              outputs / window.inputChannels(),
              input.storage(),
              input.zeroPoint(),
              channelsLast(linear.weights(), outputs),
              linear.bias(),
              stage),
          inputs);
    } else {
      assembly.add(
          step,
          new io.mcudeploy.quantized.operators.Conv2d(
              window,
              outputs,
              operator.groups(),
              input.storage(),
              input.zeroPoint(),
              linear.weights(),
              linear.bias(),
              stage),
          inputs);
    }
  }

  /** [outputs][taps] as [taps][outputs]. */
  private static Int8Array channelsLast(Int8Array weights, int outputs) {
    int taps = weights.length() / outputs;
    byte[] transposed = new byte[weights.length()];
    for (int o = 0; o < outputs; o++) {
      for (int tap = 0; tap < taps; tap++) {
        transposed[tap * outputs + o] = weights.get(o * taps + tap);
      }
    }
    return Int8Array.of(transposed);
  }
}

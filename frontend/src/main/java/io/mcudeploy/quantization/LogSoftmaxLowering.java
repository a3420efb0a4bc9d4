package io.mcudeploy.quantization;

import static io.mcudeploy.quantized.operators.Softmax.LARGEST_DEPTH;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.LogSoftmax;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/** LogSoftmax along any axis, its output at any scale. */
record LogSoftmaxLowering(LogSoftmax operator) implements Lowering {
  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return Clamps.isClamp(follower);
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.reaches(
        step.output(),
        () -> {
          double scale = 2 * rules.range(step.input(0)).magnitude() / 255;
          return io.mcudeploy.quantized.operators.LogSoftmax.reach(scale);
        });
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape shape = assembly.shape(step.input(0));
    int depth = shape.extent(operator.axis());
    if (depth > LARGEST_DEPTH) {
      throw assembly.unsupported(
          step, "a LogSoftmax over " + depth + " elements; " + LARGEST_DEPTH + " are the most");
    }
    int inner = shape.strides()[operator.axis()];
    Quantization output = assembly.quantization(step.output());
    Activation clamp = Clamps.of(step, Activation.NONE);
    assembly.add(
        step,
        io.mcudeploy.quantized.operators.LogSoftmax.of(
            shape.elements() / (depth * inner),
            depth,
            inner,
            assembly.quantization(step.input(0)).scale(),
            output,
            Clamps.lowest(clamp, output),
            Clamps.highest(clamp, output)),
        List.of(assembly.tensor(step.input(0))));
  }
}

package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.CumulativeSum;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/** Running sums along an axis. */
record CumulativeSumLowering(CumulativeSum operator) implements Lowering {
  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return Clamps.isClamp(follower);
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    int depth = rules.shape(step.input(0)).extent(operator.axis());
    rules.reaches(step.output(), () -> rules.range(step.input(0)).magnitude() * depth);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape shape = assembly.shape(step.input(0));
    Quantization input = assembly.quantization(step.input(0));
    Quantization output = assembly.quantization(step.output());
    int inner = shape.strides()[operator.axis()];
    int depth = shape.extent(operator.axis());
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.CumulativeSum(
            shape.elements() / (depth * inner),
            depth,
            inner,
            operator.exclusive(),
            operator.reverse(),
            input.zeroPoint(),
            Clamps.stage(
                List.of(Multiplier.of(input.scale() / output.scale())),
                output,
                Clamps.of(step, Activation.NONE))),
        List.of(assembly.tensor(step.input(0))));
  }
}

package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Squash;
import java.util.List;

/** The squash of a tensor along one axis. */
record SquashLowering(Squash operator) implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.fix(step.output(), Scales.SYMMETRIC_UNIT);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape shape = assembly.shape(step.input(0));
    int dimension = shape.extent(operator.axis());
    int inner = shape.strides()[operator.axis()];
    assembly.add(
        step,
        io.mcudeploy.quantized.operators.Squash.of(
            operator.function(),
            shape.elements() / (dimension * inner),
            dimension,
            inner,
            assembly.quantization(step.input(0))),
        List.of(assembly.tensor(step.input(0))));
  }
}

package io.mcudeploy.quantization;

import static io.mcudeploy.quantized.operators.Softmax.LARGEST_DEPTH;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Softmax;
import java.util.List;

/** Softmax along any axis; its output is at 1/256. */
record SoftmaxLowering(Softmax operator) implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.fix(step.output(), Scales.UNIT);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape shape = assembly.shape(step.input(0));
    int depth = shape.extent(operator.axis());
    if (depth > LARGEST_DEPTH) {
      throw assembly.unsupported(
          step, "a Softmax over " + depth + " elements; " + LARGEST_DEPTH + " are the most");
    }
    int inner = shape.strides()[operator.axis()];
    assembly.add(
        step,
        io.mcudeploy.quantized.operators.Softmax.of(
            shape.elements() / (depth * inner),
            depth,
            inner,
            assembly.quantization(step.input(0)).scale()),
        List.of(assembly.tensor(step.input(0))));
  }
}

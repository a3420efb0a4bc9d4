package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Scatter;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.List;

/** Rows written into, or added to, a matrix at fixed places; both brought to the output's scale. */
record ScatterLowering(Scatter operator) implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.reaches(
        step.output(),
        () ->
            Math.max(
                rules.range(step.input(0)).magnitude(), rules.range(step.input(1)).magnitude()));
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    boolean add = operator.reduction() == Scatter.Reduction.ADD;
    if (!add && operator.reduction() != Scatter.Reduction.NONE) {
      throw assembly.unsupported(
          step, "Scatter by " + operator.reduction() + " has no integer arithmetic");
    }
    Shape data = assembly.shape(step.input(0));
    Quantization output = assembly.quantization(step.output());
    Quantization old = assembly.operandScale(step.input(0), output);
    Quantization updates = assembly.operandScale(step.input(1), output);
    int[] targets = operator.targets().stream().mapToInt(Integer::intValue).toArray();
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.Scatter(
            data.extent(0),
            data.extent(1),
            Int32Array.of(targets),
            add,
            Rescale.of(old, output),
            Rescale.of(updates, output),
            output.zeroPoint()),
        List.of(assembly.tensor(step.input(0), old), assembly.tensor(step.input(1), updates)));
  }
}

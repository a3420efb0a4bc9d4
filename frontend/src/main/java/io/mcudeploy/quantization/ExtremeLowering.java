package io.mcudeploy.quantization;

import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Extreme;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.List;

/** The smaller or larger of two tensors, each brought to the output's scale. */
record ExtremeLowering(Binary operator) implements Lowering {
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
    Quantization output = assembly.quantization(step.output());
    Quantization left = assembly.operandScale(step.input(0), output);
    Quantization right = assembly.operandScale(step.input(1), output);
    assembly.add(
        step,
        new Extreme(
            Broadcast.of(assembly.shape(step.input(0)), assembly.shape(step.input(1))),
            operator.function() == BinaryFunction.MAX,
            Rescale.of(left, output),
            Rescale.of(right, output)),
        List.of(assembly.tensor(step.input(0), left), assembly.tensor(step.input(1), right)));
  }
}

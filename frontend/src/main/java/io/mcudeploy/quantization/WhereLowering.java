package io.mcudeploy.quantization;

import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Alignment;
import io.mcudeploy.quantized.operators.Rescale;
import io.mcudeploy.quantized.operators.Select;
import java.util.List;

/** One of two tensors by a condition, each brought to the output's scale. */
record WhereLowering() implements Lowering {
  @Override
  public boolean takesIntegers() {
    return true;
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.reaches(
        step.output(),
        () ->
            Math.max(
                rules.range(step.input(1)).magnitude(), rules.range(step.input(2)).magnitude()));
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Quantization output = assembly.quantization(step.output());
    if (output.storage() == StorageType.INT32) {
      throw assembly.unsupported(step, "Where of integers has no integer arithmetic");
    }
    Quantization whenTrue = assembly.operandScale(step.input(1), output);
    Quantization whenFalse = assembly.operandScale(step.input(2), output);
    assembly.add(
        step,
        new Select(
            Alignment.of(step.node().inputs().stream().map(assembly::shape).toList()),
            Rescale.of(whenTrue, output),
            Rescale.of(whenFalse, output)),
        List.of(
            assembly.tensor(step.input(0)),
            assembly.tensor(step.input(1), whenTrue),
            assembly.tensor(step.input(2), whenFalse)));
  }
}

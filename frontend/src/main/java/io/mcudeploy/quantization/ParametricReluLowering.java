package io.mcudeploy.quantization;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.ParametricRelu;
import java.util.List;

/** A leaky ReLU with a slope for each channel or element. */
record ParametricReluLowering() implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.reaches(
        step.output(),
        () ->
            rules.range(step.input(0)).magnitude()
                * Math.max(1, rules.range(step.input(1)).magnitude()));
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Quantization input = assembly.quantization(step.input(0));
    Quantization slopes = assembly.quantization(step.input(1));
    Quantization output = assembly.quantization(step.output());
    assembly.add(
        step,
        new ParametricRelu(
            Broadcast.of(assembly.shape(step.input(0)), assembly.shape(step.input(1))),
            input.zeroPoint(),
            slopes.zeroPoint(),
            Multiplier.of(input.scale() / output.scale()),
            Multiplier.of(input.scale() * slopes.scale() / output.scale()),
            output.zeroPoint()),
        List.of(assembly.tensor(step.input(0)), assembly.tensor(step.input(1))));
  }
}

package io.mcudeploy.quantization;

import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Gru;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import java.util.List;
import java.util.Optional;

/** Gated recurrent units: h in int16. */
record GruLowering(Gru operator) implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.reaches(step.node().outputs().get(0), () -> 1);
    rules.fix(step.node().outputs().get(1), RecurrentGates.WIDE_STATE);
    RecurrentGates.fixInitial(step, rules, 5, RecurrentGates.WIDE_STATE);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    RecurrentGates.require(step, assembly, operator.gate(), ElementaryFunction.SIGMOID);
    RecurrentGates.require(step, assembly, operator.candidate(), ElementaryFunction.TANH);
    List<String> outputs = step.node().outputs();
    Quantization input = assembly.quantization(step.input(0));
    Quantization output = assembly.quantization(outputs.get(0));
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.Gru(
            RecurrentGates.sequence(step, assembly, operator.reverse()),
            RecurrentGates.of(step, assembly, input, RecurrentGates.WIDE_STATE, Optional.of(4)),
            operator.linearBeforeReset(),
            input.zeroPoint(),
            RecurrentGates.limit(operator.clip()),
            Multiplier.of(0x1p-15 / output.scale()),
            output.zeroPoint()),
        List.of(
            assembly.tensor(step.input(0)),
            assembly.tensor(step.input(5), RecurrentGates.WIDE_STATE)),
        outputs);
  }
}

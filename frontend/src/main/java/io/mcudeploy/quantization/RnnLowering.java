package io.mcudeploy.quantization;

import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Rnn;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.GateFunction;
import java.util.List;
import java.util.Optional;

/** Plain recurrent layers with a sigmoid or tanh: h in int16. */
record RnnLowering(Rnn operator) implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.reaches(step.node().outputs().get(0), () -> 1);
    rules.fix(step.node().outputs().get(1), RecurrentGates.WIDE_STATE);
    RecurrentGates.fixInitial(step, rules, 4, RecurrentGates.WIDE_STATE);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    boolean sigmoid = operator.activation().equals(ElementaryFunction.SIGMOID);
    if (!sigmoid) {
      RecurrentGates.require(step, assembly, operator.activation(), ElementaryFunction.TANH);
    }
    List<String> outputs = step.node().outputs();
    Quantization input = assembly.quantization(step.input(0));
    Quantization output = assembly.quantization(outputs.get(0));
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.Rnn(
            RecurrentGates.sequence(step, assembly, operator.reverse()),
            RecurrentGates.of(step, assembly, input, RecurrentGates.WIDE_STATE, Optional.empty())
                .get(0),
            sigmoid ? GateFunction.SIGMOID : GateFunction.TANH,
            input.zeroPoint(),
            RecurrentGates.limit(operator.clip()),
            Multiplier.of(0x1p-15 / output.scale()),
            output.zeroPoint()),
        List.of(
            assembly.tensor(step.input(0)),
            assembly.tensor(step.input(4), RecurrentGates.WIDE_STATE)),
        outputs);
  }
}

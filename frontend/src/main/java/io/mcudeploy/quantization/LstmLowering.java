package io.mcudeploy.quantization;

import io.mcudeploy.calibration.Range;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Lstm;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Gate;
import java.util.List;
import java.util.Optional;

/** Long short-term memory: h in int8, c in int16 at the power of two that covers it. */
record LstmLowering(Lstm operator) implements Lowering {
  private static final int SMALLEST_POWER = -15;
  private static final int LARGEST_POWER = -1;

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    List<String> outputs = step.node().outputs();
    rules.reaches(outputs.get(0), () -> 1);
    rules.share(outputs.get(0), outputs.get(1));
    rules.share(outputs.get(2), outputs.get(3));
    operator
        .cellScale()
        .map(scale -> new Quantization(scale, 0, StorageType.INT16))
        .ifPresent(cell -> outputs.subList(2, 4).forEach(value -> rules.fix(value, cell)));
    rules.choose(outputs.get(2), LstmLowering::cell);
    if (rules.isGiven(step.input(4))) {
      rules.share(outputs.get(0), step.input(4));
    }
    if (rules.isGiven(step.input(5))) {
      rules.share(outputs.get(2), step.input(5));
    }
  }

  private static Quantization cell(Range range) {
    int power = SMALLEST_POWER;
    while (power < LARGEST_POWER && Math.scalb(32767.0, power) < range.magnitude()) {
      power++;
    }
    return new Quantization(Math.scalb(1.0, power), 0, StorageType.INT16);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    RecurrentGates.require(step, assembly, operator.gate(), ElementaryFunction.SIGMOID);
    RecurrentGates.require(step, assembly, operator.candidate(), ElementaryFunction.TANH);
    RecurrentGates.require(step, assembly, operator.output(), ElementaryFunction.TANH);
    if (operator.coupled() || step.node().inputs().size() > 6) {
      throw assembly.unsupported(step, "coupled gates and peepholes have no integer arithmetic");
    }
    List<String> outputs = step.node().outputs().subList(0, 3);
    Quantization input = assembly.quantization(step.input(0));
    Quantization hidden = assembly.quantization(outputs.get(0));
    Quantization cell = assembly.own(outputs.get(2));
    if (!hidden.equals(assembly.quantization(outputs.get(1)))
        || cell.storage() != StorageType.INT16
        || cell.zeroPoint() != 0
        || cell.scale() != Math.scalb(1.0, Math.getExponent(cell.scale()))) {
      throw assembly.unsupported(
          step, "it needs an int16 cell state at a power of two, and one scale for all of h");
    }
    List<Gate> gates = RecurrentGates.of(step, assembly, input, hidden, Optional.empty());
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.Lstm(
            RecurrentGates.sequence(step, assembly, operator.reverse()),
            // ONNX has them as i, o, f, g.
            List.of(gates.get(0), gates.get(2), gates.get(1), gates.get(3)),
            input.zeroPoint(),
            hidden.zeroPoint(),
            RecurrentGates.limit(operator.clip()),
            Math.getExponent(cell.scale()),
            (int) Math.max(1, Math.min(32768, operator.cellClip() / cell.scale())),
            Multiplier.of(0x1p-30 / hidden.scale())),
        List.of(
            assembly.tensor(step.input(0)),
            assembly.tensor(step.input(4), hidden),
            assembly.tensor(step.input(5), cell)),
        outputs);
  }
}

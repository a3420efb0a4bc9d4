package io.mcudeploy.quantization;

import io.mcudeploy.operators.Pad;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/** Margins of a constant; input and output share their scale, which covers the constant. */
record PadLowering(Pad operator) implements Lowering {
  @Override
  public boolean takesInt16() {
    return true;
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.share(step.input(0), step.output());
    if (Double.isFinite(operator.value())) {
      rules.cover(step.output(), operator.value());
    }
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Quantization output = assembly.quantization(step.output());
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.Pad(
            assembly.shape(step.input(0)),
            operator.before(),
            operator.after(),
            output.toInteger(operator.value()),
            output.storage()),
        List.of(assembly.tensor(step.input(0), output)));
  }
}

package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/** Layers of capsules with routing. */
record CapsuleRoutingLowering(CapsuleRouting operator) implements Lowering {
  @Override
  public boolean needsCalibration() {
    return true;
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.fix(
        step.output(),
        io.mcudeploy.quantized.operators.CapsuleRouting.outputQuantization(operator));
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape weights = assembly.shape(step.input(1));
    Quantization capsules = symmetric(assembly.quantization(step.input(0)));
    int logits = operator.biased() ? 3 : 2;
    assembly.add(
        step,
        io.mcudeploy.quantized.operators.CapsuleRouting.of(
            operator,
            weights.extent(1),
            weights.extent(3),
            capsules.scale(),
            assembly.requireConstant(step, 1, "transformation matrix").values(),
            operator.biased() ? assembly.requireConstant(step, 2, "bias").values() : new float[0],
            operator.primed()
                ? assembly.requireConstant(step, logits, "tensor of initial logits").values()
                : new float[0],
            assembly.predictionRanges(step)),
        List.of(assembly.tensor(step.input(0), capsules)));
  }

  /** Squashed capsules are symmetric already; others lose a bit at most. */
  private static Quantization symmetric(Quantization capsules) {
    if (capsules.zeroPoint() == 0) {
      return capsules;
    }
    double magnitude = Math.max(-capsules.toReal(-128), capsules.toReal(127));
    return new Quantization(magnitude / 127, 0);
  }
}

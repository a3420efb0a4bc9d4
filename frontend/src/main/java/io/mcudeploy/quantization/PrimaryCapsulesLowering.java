package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.PrimaryCapsules;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/** Convolutions whose sums are squashed before they are rounded to int8. */
record PrimaryCapsulesLowering(PrimaryCapsules operator) implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.fix(step.output(), Scales.SYMMETRIC_UNIT);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Windows.requireSingleImage(step, assembly);
    Conv2d convolution = operator.convolution();
    boolean relu = convolution.activation().equals(Activation.RELU);
    if (!relu && !convolution.activation().equals(Activation.NONE)) {
      throw assembly.unsupported(
          step, "the clamp " + convolution.activation() + " before a squash is not supported");
    }
    Shape weights = assembly.shape(step.input(1));
    Shape image = assembly.shape(step.input(0));
    Shape sums =
        convolution
            .outputTypes(step.node().inputs().stream().map(assembly.graph()::type).toList())
            .get(0)
            .shape();
    Window window =
        Windows.of(
            image,
            sums,
            new Size2d(weights.extent(1), weights.extent(2)),
            convolution.strides(),
            convolution.dilations(),
            convolution.padding());
    assembly.add(
        step,
        io.mcudeploy.quantized.operators.PrimaryCapsules.of(
            window,
            convolution.groups(),
            assembly.quantization(step.input(0)),
            assembly.requireConstant(step, 1, "weight tensor").values(),
            assembly.bias(step, weights.extent(0)).values(),
            relu,
            operator.capsuleDimension(),
            operator.squash()),
        List.of(assembly.tensor(step.input(0))));
  }
}

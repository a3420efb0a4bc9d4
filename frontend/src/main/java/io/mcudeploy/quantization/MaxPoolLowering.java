package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/** Maximum pools: input and output share their scale. */
record MaxPoolLowering(MaxPool2d operator) implements Lowering {
  @Override
  public boolean takesInt16() {
    return true;
  }

  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return Clamps.isClamp(follower);
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.share(step.input(0), step.output());
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Windows.requireSingleImage(step, assembly);
    Window window =
        Windows.of(
            assembly.shape(step.input(0)),
            assembly.shape(step.output()),
            operator.kernel(),
            operator.strides(),
            operator.dilations(),
            operator.padding());
    Quantization output = assembly.quantization(step.output());
    Activation clamp = Clamps.of(step, Activation.NONE);
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.MaxPool2d(
            window, Clamps.lowest(clamp, output), Clamps.highest(clamp, output), output.storage()),
        List.of(assembly.tensor(step.input(0), output)));
  }
}

package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Pad;
import java.util.List;

/** Average pools: input and output share their scale; padding that counts becomes real zeros. */
record AveragePoolLowering(AveragePool2d operator) implements Lowering {
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
    Shape shape = assembly.shape(step.input(0));
    Quantization output = assembly.quantization(step.output());
    String input = assembly.tensor(step.input(0), output);
    Padding2d padding = operator.padding();
    if (operator.countPadding() && !padding.equals(Padding2d.NONE)) {
      Pad pad =
          new Pad(
              Shape.of(shape.extent(1), shape.extent(2), shape.extent(3)),
              List.of(padding.top(), padding.left(), 0),
              List.of(padding.bottom(), padding.right(), 0),
              output.zeroPoint());
      shape = Shape.of(1, pad.output().extent(0), pad.output().extent(1), shape.extent(3));
      input = assembly.intermediate(step.name() + "_pad", pad, List.of(input), shape, output);
      padding = Padding2d.NONE;
    }
    Activation clamp = Clamps.of(step, Activation.NONE);
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.AveragePool2d(
            Windows.of(
                shape,
                assembly.shape(step.output()),
                operator.kernel(),
                operator.strides(),
                operator.dilations(),
                padding),
            Clamps.lowest(clamp, output),
            Clamps.highest(clamp, output)),
        List.of(input));
  }
}

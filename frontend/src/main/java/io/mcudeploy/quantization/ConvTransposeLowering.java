package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.ConvTranspose2d;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.ConvTranspose2d.Axis;
import java.util.List;

/** Transposed convolutions. */
record ConvTransposeLowering(ConvTranspose2d operator) implements Lowering {
  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return Clamps.isClamp(follower);
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.reachesLinear(step);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Windows.requireSingleImage(step, assembly);
    Shape image = assembly.shape(step.input(0));
    Shape shape = assembly.shape(step.input(1));
    Quantization input = assembly.quantization(step.input(0));
    Quantization output = assembly.quantization(step.output());
    LinearWeights linear =
        LinearWeights.of(
            assembly.requireConstant(step, 1, "weight tensor"),
            assembly.bias(step, shape.extent(0)),
            input,
            output);
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.ConvTranspose2d(
            new Axis(
                image.extent(1),
                operator.kept().height(),
                shape.extent(1),
                operator.strides().height(),
                operator.dilations().height(),
                operator.top()),
            new Axis(
                image.extent(2),
                operator.kept().width(),
                shape.extent(2),
                operator.strides().width(),
                operator.dilations().width(),
                operator.left()),
            image.extent(3),
            shape.extent(0),
            operator.groups(),
            input.zeroPoint(),
            linear.weights(),
            linear.bias(),
            Clamps.stage(linear.multipliers(), output, Clamps.of(step, operator.activation()))),
        List.of(assembly.tensor(step.input(0))));
  }
}

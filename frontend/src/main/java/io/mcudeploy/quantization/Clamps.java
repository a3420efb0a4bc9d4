package io.mcudeploy.quantization;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.List;

/**
 * Clamps that become part of the layer before them. A FakeQuantize is one, to the ends of its grid;
 * it also fixes the scale of the layer's output.
 */
final class Clamps {
  private Clamps() {}

  static boolean isClamp(Node node) {
    return node.operator() instanceof Unary unary
        && (unary.function() instanceof UnaryFunction.Clamp || FixedGrid.of(node).isPresent());
  }

  /** A layer's own clamp and then those of the step's followers. */
  static Activation of(Step step, Activation own) {
    Activation activation = own;
    for (Node follower : step.followers()) {
      activation = activation.then(activation(((Unary) follower.operator()).function()));
    }
    return activation;
  }

  private static Activation activation(UnaryFunction function) {
    return function instanceof UnaryFunction.FakeQuantize grid
        ? new Activation(grid.toReal(grid.lowest()), grid.toReal(grid.highest()))
        : ((UnaryFunction.Clamp) function).activation();
  }

  /** The clamp's lower end in integers. */
  static int lowest(Activation activation, Quantization output) {
    return Double.isInfinite(activation.low())
        ? output.storage().lowest()
        : output.toInteger(activation.low());
  }

  /** The clamp's upper end in integers. */
  static int highest(Activation activation, Quantization output) {
    return Double.isInfinite(activation.high())
        ? output.storage().highest()
        : output.toInteger(activation.high());
  }

  static OutputStage stage(
      List<Multiplier> multipliers, Quantization output, Activation activation) {
    return new OutputStage(
        multipliers,
        output.zeroPoint(),
        lowest(activation, output),
        highest(activation, output),
        output.storage());
  }
}

package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.List;
import java.util.Optional;

/**
 * A Min or Max with the same constant everywhere is a clamp.
 *
 * <pre>
 *   x ── Max            x ─ Relu
 *   0 ──┘         ⇒
 * </pre>
 */
final class LimitToClamp implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Binary binary)
        || (binary.function() != BinaryFunction.MIN && binary.function() != BinaryFunction.MAX)) {
      return Optional.empty();
    }
    for (int index = 0; index < 2; index++) {
      String input = node.inputs().get(index);
      Optional<Tensor.Floats> limit = around.floats(node.inputs().get(1 - index));
      if (limit.isPresent()
          && isUniform(limit.get().values())
          && around.type(input).equals(around.type(node.output()))) {
        double value = limit.get().values()[0];
        Activation activation =
            binary.function() == BinaryFunction.MAX
                ? new Activation(value, Double.POSITIVE_INFINITY)
                : new Activation(Double.NEGATIVE_INFINITY, value);
        Unary clamp = new Unary(new UnaryFunction.Clamp(activation));
        return Optional.of(
            Rewrite.to(new Node(node.name(), clamp, List.of(input), node.outputs())));
      }
    }
    return Optional.empty();
  }

  private static boolean isUniform(float[] values) {
    if (values.length == 0 || Float.isNaN(values[0])) {
      return false;
    }
    for (float value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return true;
  }
}

package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.Normalization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lets a normalization scale and shift its results by constants.
 *
 * <pre>
 *   x ─ Normalization ─ Mul γ ─ Add β            x ─ Normalization γ, β
 *                                          ⇒
 * </pre>
 */
final class ScaleIntoNormalization implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Binary binary)) {
      return Optional.empty();
    }
    int wanted =
        switch (binary.function()) {
          case MUL -> 1;
          case ADD -> 2;
          default -> 0;
        };
    for (int operand = 0; operand < 2 && wanted > 0; operand++) {
      String value = node.inputs().get(operand);
      String parameter = node.inputs().get(1 - operand);
      Optional<Node> normalization =
          around
              .producer(value, Normalization.class)
              .filter(producer -> producer.inputs().size() == wanted)
              .filter(producer -> around.isUsedOnce(value));
      if (normalization.isPresent() && fits(parameter, value, around)) {
        List<String> inputs = new ArrayList<>(normalization.get().inputs());
        inputs.add(parameter);
        return Optional.of(
            Rewrite.to(
                new Node(
                    normalization.get().name(),
                    normalization.get().operator(),
                    inputs,
                    node.outputs())));
      }
    }
    return Optional.empty();
  }

  /** Whether a parameter is constant and adds no axes of its own. */
  private static boolean fits(String parameter, String value, Surroundings around) {
    Shape shape = around.shape(value);
    return around
        .floats(parameter)
        .filter(constant -> constant.shape().rank() <= shape.rank())
        .filter(
            constant -> {
              for (int axis = 1; axis <= constant.shape().rank(); axis++) {
                int extent = constant.shape().extent(-axis);
                if (extent != 1 && extent != shape.extent(-axis)) {
                  return false;
                }
              }
              return true;
            })
        .isPresent();
  }
}

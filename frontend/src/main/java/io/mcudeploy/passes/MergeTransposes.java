package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Transpose;
import java.util.Optional;

/**
 * Makes one Transpose of two; if they cancel, the result is an identity.
 *
 * <pre>
 *   x ─ Transpose A ─ Transpose B            x ─ Transpose A then B
 *                                      ⇒
 * </pre>
 */
final class MergeTransposes implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Transpose second)) {
      return Optional.empty();
    }
    return around
        .producer(node.inputs().get(0), Transpose.class)
        .map(
            first -> {
              Transpose merged = ((Transpose) first.operator()).then(second);
              return Rewrite.to(new Node(node.name(), merged, first.inputs(), node.outputs()));
            });
  }
}

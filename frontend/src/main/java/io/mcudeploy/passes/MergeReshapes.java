package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Reshape;
import java.util.Optional;

/**
 * Makes one Reshape of two.
 *
 * <pre>
 *   x ─ Reshape A ─ Reshape B            x ─ Reshape B
 *                                  ⇒
 * </pre>
 */
final class MergeReshapes implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Reshape)) {
      return Optional.empty();
    }
    return around
        .producer(node.inputs().get(0), Reshape.class)
        .map(
            first ->
                Rewrite.to(new Node(node.name(), node.operator(), first.inputs(), node.outputs())));
  }
}

package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Cast;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Unary;
import java.util.Optional;

/**
 * Applies a function of single elements before a Reshape rather than after it, so that it meets the
 * layer it may be fused with.
 *
 * <pre>
 *   layer ─ Reshape ─ Relu            layer ─ Relu ─ Reshape
 *                               ⇒
 * </pre>
 */
final class UnaryBeforeReshape implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Unary) && !(node.operator() instanceof Cast)) {
      return Optional.empty();
    }
    return around
        .producer(node.inputs().get(0), Reshape.class)
        .filter(reshape -> around.isUsedOnce(reshape.output()))
        .map(
            reshape -> {
              Node first = around.moved(node, node.operator(), reshape.inputs());
              Node second =
                  around.newNodeFor(
                      node.output(), reshape.name(), reshape.operator(), first.output());
              return Rewrite.to(first, second);
            });
  }
}

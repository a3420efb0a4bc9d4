package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.MaxPool2d;
import java.util.Optional;

/**
 * Clamps before a MaxPool2d rather than after it, where the clamp meets the convolution. The
 * greatest of clamped numbers is the clamped greatest.
 *
 * <pre>
 *   Conv2d ─ MaxPool2d ─ Relu            Conv2d ─ Relu ─ MaxPool2d
 *                                  ⇒
 * </pre>
 */
final class ClampBeforeMaxPool implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (MergeClamps.clamp(node).isEmpty()) {
      return Optional.empty();
    }
    return around
        .producer(node.inputs().get(0), MaxPool2d.class)
        .filter(pool -> around.isUsedOnce(pool.output()))
        .map(
            pool -> {
              Node first = around.moved(node, node.operator(), pool.inputs());
              return Rewrite.to(
                  first,
                  around.newNodeFor(node.output(), pool.name(), pool.operator(), first.output()));
            });
  }
}

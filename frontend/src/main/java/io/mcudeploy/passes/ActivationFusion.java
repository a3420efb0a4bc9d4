package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.UnaryFunction.Clamp;
import java.util.Optional;

/**
 * Lets a layer clamp its own results.
 *
 * <pre>
 *   x ─ Conv2d ─ Relu            x ─ Conv2d, relu
 *                          ⇒
 * </pre>
 */
final class ActivationFusion implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    Optional<Clamp> clamp = MergeClamps.clamp(node);
    if (clamp.isEmpty()) {
      return Optional.empty();
    }
    return LinearLayer.soleProducer(node.inputs().get(0), around)
        .map(
            layer ->
                Rewrite.to(
                    new Node(
                        layer.node().name(),
                        layer.withActivation(layer.activation().then(clamp.get().activation())),
                        layer.node().inputs(),
                        node.outputs())));
  }
}

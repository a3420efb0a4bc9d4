package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction.Clamp;
import java.util.Optional;

/**
 * Makes one clamp of two.
 *
 * <pre>
 *   x ─ Max 0 ─ Min 6            x ─ Clip [0, 6]
 *                          ⇒
 * </pre>
 */
final class MergeClamps implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    return clamp(node)
        .flatMap(
            second ->
                around
                    .producer(node.inputs().get(0), Unary.class)
                    .flatMap(
                        producer ->
                            clamp(producer).map(first -> merged(node, producer, first, second))));
  }

  /** The clamp that a node applies, if it does nothing else. */
  static Optional<Clamp> clamp(Node node) {
    return node.operator() instanceof Unary unary && unary.function() instanceof Clamp clamp
        ? Optional.of(clamp)
        : Optional.empty();
  }

  private static Rewrite merged(Node node, Node producer, Clamp first, Clamp second) {
    Clamp both = new Clamp(first.activation().then(second.activation()));
    return Rewrite.to(new Node(node.name(), new Unary(both), producer.inputs(), node.outputs()));
  }
}

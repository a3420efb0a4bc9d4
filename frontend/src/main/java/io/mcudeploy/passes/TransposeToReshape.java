package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.Optional;

/**
 * A Transpose that leaves the order of all axes longer than 1 moves nothing in memory.
 *
 * <pre>
 *   [1, 28, 28, 1] ─ Transpose (0, 3, 1, 2)            [1, 28, 28, 1] ─ Reshape [1, 1, 28, 28]
 *                                                ⇒
 * </pre>
 */
final class TransposeToReshape implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (node.operator() instanceof Transpose transpose
        && Axes.isFree(around.shape(node.inputs().get(0)), transpose)) {
      Reshape reshape = new Reshape(around.shape(node.output()));
      return Optional.of(Rewrite.to(new Node(node.name(), reshape, node.inputs(), node.outputs())));
    }
    return Optional.empty();
  }
}

package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.MatMul;
import io.mcudeploy.operators.Transpose;
import java.util.List;
import java.util.Optional;

/**
 * A product with a constant matrix on the right is a layer.
 *
 * <pre>
 *   x ─────── MatMul            x ──────────── FullyConnected
 *   B [I, O] ─┘           ⇒     Bᵀ [O, I] ─────┘
 * </pre>
 */
final class ConstantMatMulToFullyConnected implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof MatMul)) {
      return Optional.empty();
    }
    String right = node.inputs().get(1);
    Shape shape = around.shape(right);
    Shape matrix = Shape.of(shape.extent(-2), shape.extent(-1));
    boolean fits =
        matrix.elements() == shape.elements()
            && shape.rank() <= around.shape(node.inputs().get(0)).rank();
    return around
        .floats(right)
        .filter(weights -> fits)
        .map(
            weights -> {
              Tensor transposed =
                  new Transpose(List.of(1, 0)).evaluate(List.of(weights.reshaped(matrix))).get(0);
              String name = around.addConstant(right + "/Transpose", transposed);
              return Rewrite.to(
                  new Node(
                      node.name(),
                      new FullyConnected(Activation.NONE),
                      List.of(node.inputs().get(0), name),
                      node.outputs()));
            });
  }
}

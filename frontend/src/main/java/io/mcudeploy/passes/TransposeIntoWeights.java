package io.mcudeploy.passes;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A layer that sees a whole image as one vector can take the pixels in any order: its weights are
 * reordered once, here, instead of every image on the device.
 *
 * <pre>
 *   NHWC ─ Transpose ─ Reshape [N, CHW] ─ FullyConnected W
 *                           ⇓
 *   NHWC ─ Reshape [N, HWC] ─ FullyConnected W with its columns reordered
 * </pre>
 */
final class TransposeIntoWeights implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof FullyConnected)) {
      return Optional.empty();
    }
    Optional<Tensor.Floats> weights = around.floats(node.inputs().get(1));
    Optional<Node> reshape = around.producer(node.inputs().get(0), Reshape.class);
    Optional<Node> transpose =
        reshape.flatMap(view -> around.producer(view.inputs().get(0), Transpose.class));
    if (weights.isEmpty() || transpose.isEmpty()) {
      return Optional.empty();
    }
    String source = transpose.get().inputs().get(0);
    Transpose order = (Transpose) transpose.get().operator();
    int length = weights.get().shape().extent(1);
    Optional<int[]> columns = columns(around.shape(source), order, length);
    return columns.map(
        from -> {
          String reordered =
              around.addConstant(
                  node.inputs().get(1) + "/reordered", reordered(weights.get(), from));
          Node view = around.moved(reshape.get(), reshape.get().operator(), List.of(source));
          List<String> operands = new ArrayList<>(node.inputs());
          operands.set(0, view.output());
          operands.set(1, reordered);
          return Rewrite.to(view, new Node(node.name(), node.operator(), operands, node.outputs()));
        });
  }

  /**
   * For each element of a vector before the transpose, its place after it; nothing if the transpose
   * also moves elements from vector to vector.
   */
  private static Optional<int[]> columns(Shape source, Transpose order, int length) {
    long[] numbers = new long[source.elements()];
    Arrays.setAll(numbers, i -> i);
    Tensor.Integers moved =
        (Tensor.Integers)
            order.evaluate(List.of(new Tensor.Integers(ElementType.INT64, source, numbers))).get(0);
    int[] columns = new int[length];
    for (int i = 0; i < numbers.length; i++) {
      int from = (int) moved.values()[i];
      int vector = i / length;
      if (from / length != vector) {
        return Optional.empty();
      }
      if (vector == 0) {
        columns[from] = i;
      } else if (columns[from % length] != i % length) {
        return Optional.empty();
      }
    }
    return Optional.of(columns);
  }

  private static Tensor reordered(Tensor.Floats weights, int[] columns) {
    Optional<Encoding> encoding =
        weights
            .encoding()
            .filter(original -> original.grid().isPerTensor() || original.grid().axis() == 0)
            .map(
                original -> new Encoding(reordered(original.integers(), columns), original.grid()));
    return weights
        .mapped(
            weights.shape(),
            values -> {
              float[] moved = new float[values.length];
              for (int i = 0; i < moved.length; i++) {
                moved[i] = values[from(i, columns)];
              }
              return moved;
            })
        .with(encoding);
  }

  private static Tensor.Integers reordered(Tensor.Integers integers, int[] columns) {
    long[] values = new long[integers.values().length];
    Arrays.setAll(values, i -> integers.values()[from(i, columns)]);
    return new Tensor.Integers(integers.element(), integers.shape(), values);
  }

  /** Where the element comes from. */
  private static int from(int element, int[] columns) {
    return element - element % columns.length + columns[element % columns.length];
  }
}

package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Normalization;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves transposes towards the outputs, past operators that work in any layout, so that those
 * around neighbouring NHWC operators meet and cancel.
 *
 * <pre>
 *   a ─ Transpose ─ op ─ y            a ─ op' ─ Transpose ─ y
 *   b ─ Transpose ─┘           ⇒      b ─┘
 * </pre>
 *
 * <p>All operands must come from the same transpose, or be such that it can be undone for free:
 * constants, and tensors of which it moves only axes of extent 1.
 */
final class SinkTranspose implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (node.operator() instanceof Binary
        || node.operator() instanceof Concat
        || node.operator() instanceof Normalization) {
      return sinkAll(node, around);
    }
    Optional<Node> producer = around.producer(node.inputs().get(0), Transpose.class);
    if (producer.isEmpty()) {
      return Optional.empty();
    }
    Transpose transpose = (Transpose) producer.get().operator();
    return LayoutChange.of(node.operator(), transpose)
        .map(
            change -> {
              List<String> operands = new ArrayList<>(node.inputs());
              operands.set(0, producer.get().inputs().get(0));
              return sunk(node, change.operator(), operands, change.after(), around);
            });
  }

  private static Optional<Rewrite> sinkAll(Node node, Surroundings around) {
    int rank = around.shape(node.output()).rank();
    Optional<Transpose> common =
        node.inputs().stream()
            .flatMap(input -> around.producer(input, Transpose.class).stream())
            .map(producer -> (Transpose) producer.operator())
            .filter(transpose -> transpose.permutation().size() == rank)
            .findFirst();
    if (common.isEmpty()) {
      return Optional.empty();
    }
    Transpose transpose = common.get();
    if (!node.inputs().stream().allMatch(input -> canUndo(input, transpose, around))) {
      return Optional.empty();
    }
    List<Node> nodes = new ArrayList<>();
    List<String> operands = new ArrayList<>();
    for (String input : node.inputs()) {
      operands.add(undo(input, transpose, around, nodes));
    }
    Rewrite rewrite = sunk(node, moved(node.operator(), transpose), operands, transpose, around);
    nodes.addAll(rewrite.nodes());
    return Optional.of(Rewrite.to(nodes));
  }

  private static Operator moved(Operator operator, Transpose transpose) {
    List<Integer> from = transpose.permutation();
    if (operator instanceof Concat concat) {
      return new Concat(from.get(concat.axis()));
    }
    return operator instanceof Normalization normalization
        ? normalization.along(normalization.axes().stream().map(from::get).toList())
        : operator;
  }

  private static Rewrite sunk(
      Node node, Operator operator, List<String> operands, Transpose after, Surroundings around) {
    String name = node.name() + "/" + after.kind();
    Node moved = around.moved(node, operator, operands);
    return Rewrite.to(moved, around.newNodeFor(node.output(), name, after, moved.output()));
  }

  private static boolean canUndo(String value, Transpose transpose, Surroundings around) {
    Shape shape = around.shape(value);
    int rank = transpose.permutation().size();
    return isFrom(value, transpose, around)
        || (shape.rank() <= rank
            && (around.constant(value).isPresent()
                || Axes.isFree(Axes.withRank(shape, rank), transpose.inverse())));
  }

  private static boolean isFrom(String value, Transpose transpose, Surroundings around) {
    return around
        .producer(value, Transpose.class)
        .filter(producer -> producer.operator().equals(transpose))
        .isPresent();
  }

  private static String undo(
      String value, Transpose transpose, Surroundings around, List<Node> nodes) {
    if (isFrom(value, transpose, around)) {
      return around.producer(value, Transpose.class).orElseThrow().inputs().get(0);
    }
    Shape shape = Axes.withRank(around.shape(value), transpose.permutation().size());
    Optional<Tensor> constant = around.constant(value);
    if (constant.isPresent()) {
      Tensor moved = constant.get().reshaped(shape);
      return around.addConstant(
          value + "/Transpose", transpose.inverse().evaluate(List.of(moved)).get(0));
    }
    Shape before = Axes.transposed(shape, transpose.inverse());
    Node reshape = around.newNode(value + "/Reshape", new Reshape(before), value);
    nodes.add(reshape);
    return reshape.output();
  }
}

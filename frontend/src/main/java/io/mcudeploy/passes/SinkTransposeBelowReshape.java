package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Moves a Transpose below a Reshape that only splits axes, or joins axes that are neighbours before
 * the Transpose too.
 *
 * <pre>
 *   [1, 6, 6, 8] ─ Transpose (0, 3, 1, 2) ─ Reshape [1, 8, 36]
 *                             ⇓
 *   [1, 6, 6, 8] ─ Reshape [1, 36, 8] ─ Transpose (0, 2, 1)
 * </pre>
 */
final class SinkTransposeBelowReshape implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Reshape)) {
      return Optional.empty();
    }
    Optional<Node> producer = around.producer(node.inputs().get(0), Transpose.class);
    if (producer.isEmpty()) {
      return Optional.empty();
    }
    String source = producer.get().inputs().get(0);
    Shape shape = around.shape(source);
    Transpose transpose = (Transpose) producer.get().operator();
    Shape result = around.shape(node.output());
    return Axes.groups(Axes.transposed(shape, transpose), result)
        .flatMap(groups -> inSourceOrder(groups, transpose, shape))
        .map(groups -> sunk(node, source, groups, result, around));
  }

  /** The groups in the order of the source's axes, if each is a run of neighbours there. */
  private static Optional<List<Axes.Group>> inSourceOrder(
      List<Axes.Group> groups, Transpose transpose, Shape shape) {
    List<Integer> significant = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.extent(axis) != 1) {
        significant.add(axis);
      }
    }
    List<Integer> firsts = new ArrayList<>();
    for (Axes.Group group : groups) {
      List<Integer> ranks =
          group.from().stream()
              .map(axis -> significant.indexOf(transpose.permutation().get(axis)))
              .filter(rank -> rank >= 0)
              .toList();
      for (int i = 1; i < ranks.size(); i++) {
        if (ranks.get(i) != ranks.get(i - 1) + 1) {
          return Optional.empty();
        }
      }
      firsts.add(ranks.isEmpty() ? -1 : ranks.get(0));
    }
    return Optional.of(
        groups.stream()
            .sorted(Comparator.comparingInt(group -> firsts.get(groups.indexOf(group))))
            .toList());
  }

  private static Rewrite sunk(
      Node node, String source, List<Axes.Group> groups, Shape result, Surroundings around) {
    List<Integer> order = groups.stream().flatMap(group -> group.to().stream()).toList();
    Shape shape = Shape.of(order.stream().map(result::extent).toList());
    List<Integer> permutation = new ArrayList<>();
    for (int axis = 0; axis < result.rank(); axis++) {
      permutation.add(order.indexOf(axis));
    }
    Node reshape = around.newNode(node.name(), new Reshape(shape), source);
    Node transpose =
        around.newNodeFor(
            node.output(),
            node.name() + "/Transpose",
            new Transpose(permutation),
            reshape.output());
    return Rewrite.to(reshape, transpose);
  }
}

package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings two transposes together that have a Reshape between them which cannot pass the first one,
 * but the second.
 *
 * <pre>
 *   x ─ Transpose ─ Reshape ─ Transpose            x ─ Transpose ─ Transpose ─ Reshape
 *                                            ⇒
 * </pre>
 */
final class HoistTransposeAboveReshape implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Transpose second)) {
      return Optional.empty();
    }
    Optional<Node> reshape =
        around
            .producer(node.inputs().get(0), Reshape.class)
            .filter(between -> around.isUsedOnce(between.output()))
            .filter(
                between -> around.producer(between.inputs().get(0), Transpose.class).isPresent());
    if (reshape.isEmpty()) {
      return Optional.empty();
    }
    String source = reshape.get().inputs().get(0);
    Shape between = around.shape(reshape.get().output());
    return Axes.groups(around.shape(source), between)
        .flatMap(groups -> hoisted(groups, second, between))
        .map(
            first -> {
              Node transpose = around.newNode(node.name(), first, source);
              Node last =
                  around.newNodeFor(
                      node.output(),
                      reshape.get().name(),
                      new Reshape(around.shape(node.output())),
                      transpose.output());
              return Rewrite.to(transpose, last);
            });
  }

  /** The transpose of the Reshape's input, if the other one moves each group as a whole. */
  private static Optional<Transpose> hoisted(
      List<Axes.Group> groups, Transpose transpose, Shape shape) {
    List<Integer> order =
        transpose.permutation().stream().filter(axis -> shape.extent(axis) != 1).toList();
    List<Integer> permutation = new ArrayList<>();
    List<Axes.Group> open = new ArrayList<>(groups);
    int position = 0;
    while (position < order.size()) {
      int axis = order.get(position);
      Axes.Group group =
          groups.stream().filter(each -> each.to().contains(axis)).findFirst().orElseThrow();
      List<Integer> members = group.to().stream().filter(to -> shape.extent(to) != 1).toList();
      int end = position + members.size();
      if (end > order.size() || !order.subList(position, end).equals(members)) {
        return Optional.empty();
      }
      permutation.addAll(group.from());
      open.remove(group);
      position = end;
    }
    // Groups of extent 1 may stand anywhere.
    open.forEach(group -> permutation.addAll(group.from()));
    return Optional.of(new Transpose(permutation));
  }
}

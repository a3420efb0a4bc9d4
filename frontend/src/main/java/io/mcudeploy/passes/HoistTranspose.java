package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves a Transpose above an operator if it vanishes there from every operand, because it moves
 * only axes of extent 1 of it.
 *
 * <pre>
 *   [1, 1, 8, 8] ─ Concat ─ Transpose ─ y            [1, 1, 8, 8] ─ Reshape ─ Concat' ─ y
 *   [1, 1, 8, 8] ─┘                            ⇒     [1, 1, 8, 8] ─ Reshape ─┘
 * </pre>
 */
final class HoistTranspose implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Transpose transpose)
        || Axes.isFree(around.shape(node.inputs().get(0)), transpose)) {
      return Optional.empty();
    }
    Optional<Node> producer =
        around
            .producer(node.inputs().get(0), Operator.class)
            .filter(above -> worksInAnyLayout(above.operator()))
            .filter(above -> around.isUsedOnce(above.output()))
            .filter(
                above ->
                    above.inputs().stream().allMatch(input -> vanishes(input, transpose, around)));
    return producer.map(above -> hoisted(node, above, transpose, around));
  }

  private static boolean worksInAnyLayout(Operator operator) {
    return operator instanceof Binary || operator instanceof Concat || operator instanceof Unary;
  }

  private static boolean vanishes(String value, Transpose transpose, Surroundings around) {
    Shape shape = around.shape(value);
    int rank = transpose.permutation().size();
    return shape.rank() <= rank
        && (around.constant(value).isPresent()
            || Axes.isFree(Axes.withRank(shape, rank), transpose));
  }

  private static Rewrite hoisted(Node node, Node above, Transpose transpose, Surroundings around) {
    List<Node> nodes = new ArrayList<>();
    List<String> operands = new ArrayList<>();
    for (String input : above.inputs()) {
      Shape shape = Axes.withRank(around.shape(input), transpose.permutation().size());
      if (around.constant(input).isPresent()) {
        operands.add(
            around.addConstant(
                input + "/Transpose",
                transpose.evaluate(List.of(around.constant(input).get().reshaped(shape))).get(0)));
      } else {
        Node reshape =
            around.newNode(node.name(), new Reshape(Axes.transposed(shape, transpose)), input);
        nodes.add(reshape);
        operands.add(reshape.output());
      }
    }
    Operator operator =
        above.operator() instanceof Concat concat
            ? new Concat(transpose.permutation().indexOf(concat.axis()))
            : above.operator();
    nodes.add(new Node(above.name(), operator, operands, node.outputs()));
    return Rewrite.to(nodes);
  }
}

package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.operators.DequantizeLinear;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves a DequantizeLinear above operators that only pick numbers, toward the QuantizeLinear whose
 * integers they pick.
 *
 * <pre>
 *   a ─ Concat ─ DequantizeLinear ─ y            a ─ DequantizeLinear ─ Concat ─ y
 *   b ─┘                                   ⇒     b ─ DequantizeLinear ─┘
 * </pre>
 */
final class HoistDequantize implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof DequantizeLinear dequantize)
        || !dequantize.grid().isPerTensor()) {
      return Optional.empty();
    }
    return around
        .producer(node.inputs().get(0), Operator.class)
        .filter(above -> above.outputs().size() == 1)
        .filter(
            above ->
                above.inputs().stream().noneMatch(input -> around.type(input).element().isFloat()))
        .flatMap(
            above ->
                GridMoves.onReals(above.operator(), dequantize.grid())
                    .map(operator -> hoisted(node, above, operator, around)));
  }

  private static Rewrite hoisted(Node node, Node above, Operator operator, Surroundings around) {
    List<Node> nodes = new ArrayList<>();
    List<String> operands = new ArrayList<>();
    for (String input : above.inputs()) {
      Node dequantize = around.newNode(node.name(), node.operator(), input);
      nodes.add(dequantize);
      operands.add(dequantize.output());
    }
    nodes.add(around.newNodeFor(node.output(), above.name(), operator, operands));
    return Rewrite.to(nodes);
  }
}

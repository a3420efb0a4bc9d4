package io.mcudeploy.passes;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Computes once what is computed twice from the same operands; equal constants count as the same.
 *
 * <pre>
 *   x ─ f ─ g            x ─ f ─ g
 *    └─ f ─ h      ⇒          └─ h
 * </pre>
 */
final class CommonSubexpressions implements Pass {
  private record Expression(Operator operator, List<String> operands) {}

  @Override
  public Graph apply(Graph graph) {
    Map<Tensor, String> distinct = new HashMap<>();
    Map<String, String> representative = new HashMap<>();
    graph
        .constants()
        .forEach(
            (name, tensor) ->
                representative.put(name, distinct.computeIfAbsent(tensor, key -> name)));
    Map<Expression, String> known = new HashMap<>();
    NodeRule rule =
        (node, around) -> {
          List<String> operands =
              node.inputs().stream()
                  .map(input -> representative.getOrDefault(input, input))
                  .toList();
          if (node.outputs().size() > 1) {
            return Optional.empty();
          }
          String first =
              known.putIfAbsent(new Expression(node.operator(), operands), node.output());
          if (first != null && around.canAlias(node.output(), first)) {
            return Optional.of(Rewrite.alias(node.output(), first));
          }
          return operands.equals(node.inputs())
              ? Optional.empty()
              : Optional.of(
                  Rewrite.to(new Node(node.name(), node.operator(), operands, node.outputs())));
        };
    return rule.apply(graph);
  }
}

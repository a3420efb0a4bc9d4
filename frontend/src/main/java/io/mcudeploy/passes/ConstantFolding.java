package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Computes what does not depend on the network's inputs.
 *
 * <pre>
 *   constant ─ op ─ y            constant y
 *   constant ─┘          ⇒
 * </pre>
 *
 * <p>The importer folds already; this folds what other rules leave behind.
 */
final class ConstantFolding implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    List<Tensor> operands =
        node.inputs().stream().map(around::constant).flatMap(Optional::stream).toList();
    if (operands.size() < node.inputs().size()) {
      return Optional.empty();
    }
    List<Tensor> results = node.operator().evaluate(operands);
    Map<String, Tensor> constants = new HashMap<>();
    for (int i = 0; i < results.size(); i++) {
      constants.put(node.outputs().get(i), results.get(i));
    }
    return Optional.of(new Rewrite(List.of(), Map.of(), constants));
  }
}

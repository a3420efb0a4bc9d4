package io.mcudeploy.passes;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Drops nodes that no output or state needs.
 *
 * <pre>
 *   x ─ a ─ y (output)            x ─ a ─ y (output)
 *    └─ b ─ z            ⇒
 * </pre>
 */
final class DeadCodeRemoval implements Pass {
  @Override
  public Graph apply(Graph graph) {
    Set<String> needed = new HashSet<>(graph.results());
    List<Node> kept = new ArrayList<>();
    List<Node> backwards = new ArrayList<>(graph.nodes());
    Collections.reverse(backwards);
    for (Node node : backwards) {
      if (node.outputs().stream().anyMatch(needed::contains)) {
        kept.add(node);
        needed.addAll(node.inputs());
      }
    }
    if (kept.size() == graph.nodes().size() && needed.containsAll(graph.constants().keySet())) {
      return graph;
    }
    Collections.reverse(kept);
    return graph.with(kept, graph.constants());
  }
}

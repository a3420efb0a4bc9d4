package io.mcudeploy.passes;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A pass that looks at one node after another, with what is around it. */
interface NodeRule extends Pass {
  /** What to put in the node's place; nothing if the rule does not fit. */
  Optional<Rewrite> rewrite(Node node, Surroundings around);

  @Override
  default Graph apply(Graph graph) {
    Surroundings around = new Surroundings(graph);
    List<Node> nodes = new ArrayList<>();
    boolean changed = false;
    for (Node original : graph.nodes()) {
      Node node = around.resolve(original);
      if (around.isDead(node)) {
        continue;
      }
      Optional<Rewrite> rewrite = rewrite(node, around);
      if (rewrite.isPresent()) {
        changed = true;
        around.replace(node, rewrite.get());
        nodes.addAll(rewrite.get().nodes());
      } else {
        nodes.add(node);
      }
    }
    return changed ? around.finish(graph, nodes) : graph;
  }
}

package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import java.util.List;
import java.util.Map;

/**
 * What takes a node's place. Together the three parts stand for each output of the node.
 *
 * @param nodes in order; they define some outputs of the node, and new values
 * @param aliases outputs of the node that turn out to be values that exist
 * @param constants outputs of the node that turn out to be constants
 */
record Rewrite(List<Node> nodes, Map<String, String> aliases, Map<String, Tensor> constants) {
  Rewrite {
    nodes = List.copyOf(nodes);
    aliases = Map.copyOf(aliases);
    constants = Map.copyOf(constants);
  }

  static Rewrite to(Node... nodes) {
    return new Rewrite(List.of(nodes), Map.of(), Map.of());
  }

  static Rewrite to(List<Node> nodes) {
    return new Rewrite(nodes, Map.of(), Map.of());
  }

  static Rewrite alias(String output, String value) {
    return new Rewrite(List.of(), Map.of(output, value), Map.of());
  }
}

package io.mcudeploy.capsules;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a graph computes between a value and one of its dominators, cut out so that it can be run by
 * itself.
 *
 * @param from the dominator
 * @param to what is computed from it
 * @param nodes those on a path between the two, in order
 */
record Region(Graph graph, String from, String to, List<Node> nodes) {

  /** Cuts out the region; {@code from} must dominate {@code to}. */
  static Region between(Graph graph, String from, String to) {
    Set<String> needed = new HashSet<>();
    needed.add(to);
    List<Node> nodes = new ArrayList<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      boolean computesTheStart = node.outputs().contains(from);
      if (!computesTheStart && !Collections.disjoint(node.outputs(), needed)) {
        nodes.add(node);
        node.inputs().stream().filter(input -> !input.equals(from)).forEach(needed::add);
      }
    }
    Collections.reverse(nodes);
    return new Region(graph, from, to, List.copyOf(nodes));
  }

  /** All values of the region, the constants among them, for one tensor at its start. */
  Map<String, Tensor> run(Tensor start) {
    Map<String, Tensor> known = new HashMap<>();
    known.put(from, start);
    for (Node node : nodes) {
      List<Tensor> operands = new ArrayList<>();
      for (String input : node.inputs()) {
        operands.add(known.computeIfAbsent(input, graph.constants()::get));
      }
      List<Tensor> results = node.operator().evaluate(operands);
      for (int i = 0; i < results.size(); i++) {
        known.put(node.outputs().get(i), results.get(i));
      }
    }
    return known;
  }

  /** What {@link #to} is for one tensor at the start. */
  float[] result(Tensor start) {
    return ((Tensor.Floats) run(start).get(to)).values();
  }
}

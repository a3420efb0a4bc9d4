package io.mcudeploy.capsules;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which values every path from the network's inputs to some value passes. All that is computed
 * between a value and one of its dominators depends on the dominator alone, so it can be cut out
 * and looked at by itself. Computed by the intersection of Cooper, Harvey and Kennedy, "A simple,
 * fast dominance algorithm", 2001; a graph without loops needs one sweep.
 */
final class Dominators {
  /** Dominates all; not a value. */
  private static final String ROOT = "";

  private final Map<String, String> immediate = new HashMap<>();
  private final Map<String, Integer> depths = new HashMap<>();

  private Dominators() {
    depths.put(ROOT, 0);
  }

  static Dominators of(Graph graph) {
    Dominators dominators = new Dominators();
    graph.inputs().keySet().forEach(input -> dominators.add(input, ROOT));
    graph.states().keySet().forEach(state -> dominators.add(state, ROOT));
    for (Node node : graph.nodes()) {
      String common = null;
      for (String input : node.inputs()) {
        if (dominators.immediate.containsKey(input)) {
          common = common == null ? input : dominators.nearestCommon(common, input);
        }
      }
      String dominator = common == null ? ROOT : common;
      node.outputs().forEach(output -> dominators.add(output, dominator));
    }
    return dominators;
  }

  /** The dominators of a value without itself, the nearest first; none for a constant. */
  List<String> above(String value) {
    List<String> chain = new ArrayList<>();
    String dominator = immediate.getOrDefault(value, ROOT);
    while (!dominator.equals(ROOT)) {
      chain.add(dominator);
      dominator = immediate.get(dominator);
    }
    return chain;
  }

  private void add(String value, String dominator) {
    immediate.put(value, dominator);
    depths.put(value, depths.get(dominator) + 1);
  }

  private String nearestCommon(String one, String other) {
    String a = one;
    String b = other;
    while (!a.equals(b)) {
      if (depths.get(a) >= depths.get(b)) {
        a = immediate.get(a);
      } else {
        b = immediate.get(b);
      }
    }
    return a;
  }
}

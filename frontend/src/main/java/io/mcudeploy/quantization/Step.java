package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A node together with the functions behind it that its integer layer computes as well, such as a
 * convolution with the clamp that follows it.
 *
 * @param followers each the only consumer of the one before
 */
record Step(Node node, List<Node> followers, Lowering lowering) {
  Step {
    followers = List.copyOf(followers);
  }

  /** The graph's nodes in order, each in exactly one step. */
  static List<Step> of(Graph graph) {
    Map<String, List<Node>> consumers = graph.consumers();
    Set<String> absorbed = new HashSet<>();
    List<Step> steps = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (absorbed.contains(node.name())) {
        continue;
      }
      Lowering lowering = Lowerings.of(node, graph);
      List<Node> followers = new ArrayList<>();
      Node last = node;
      while (last.outputs().size() == 1
          && !graph.results().contains(last.output())
          && (lowering.roundsOften() || FixedGrid.of(last).isEmpty())) {
        List<Node> next = consumers.getOrDefault(last.output(), List.of());
        if (next.size() != 1 || !lowering.absorbs(next.get(0), graph)) {
          break;
        }
        last = next.get(0);
        followers.add(last);
        absorbed.add(last.name());
      }
      steps.add(new Step(node, followers, lowering));
    }
    return steps;
  }

  /** The layer's name. */
  String name() {
    return node.name();
  }

  /** One of the node's inputs. */
  String input(int index) {
    return node.inputs().get(index);
  }

  /** The node whose result the layer gives. */
  Node last() {
    return followers.isEmpty() ? node : followers.get(followers.size() - 1);
  }

  /** The value that the layer defines. */
  String output() {
    return last().output();
  }
}

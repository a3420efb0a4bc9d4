package io.mcudeploy.capsules;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Another way to compute one value of a graph, built up node by node. */
final class Rewrite {
  private final Graph graph;
  private final String value;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();

  /**
   * @param value what will be computed in another way; it keeps its name
   */
  Rewrite(Graph graph, String value) {
    this.graph = graph;
    this.value = value;
    names.addAll(graph.types().keySet());
    graph.nodes().forEach(node -> names.add(node.name()));
  }

  /** Adds a constant and tells its name. */
  String constant(String role, Tensor tensor) {
    String name = freeName(role);
    constants.put(name, tensor);
    return name;
  }

  /** Adds a node with one output and tells the output's name. */
  String node(String role, Operator operator, List<String> inputs) {
    String name = freeName(role);
    nodes.add(new Node(name, operator, inputs, List.of(name)));
    return name;
  }

  /**
   * Adds a node that stands for a layer of the network and bears the layer's name; tells its
   * output.
   */
  String layer(String layerName, Operator operator, List<String> inputs) {
    String output = freeName("capsules");
    nodes.add(new Node(layerName, operator, inputs, List.of(output)));
    return output;
  }

  /**
   * Adds what is needed to look at a value in another memory order: nothing, a reshape, a transpose
   * between reshapes, or for irregular orders a gather.
   *
   * @param order for each element of the result the element of {@code from}; each occurs once
   */
  String rearranged(String role, String from, Shape fromShape, int[] order, Shape shape) {
    MixedRadix radix = MixedRadix.of(order);
    String last = from;
    if (radix.isPermutation()) {
      Transpose transpose = radix.transpose();
      if (!transpose.isIdentity()) {
        last = node(role, new Reshape(radix.inputShape()), List.of(last));
        last = node(role, transpose, List.of(last));
      }
    } else {
      last = node(role, new Reshape(Shape.of(order.length)), List.of(last));
      List<Integer> indices = new ArrayList<>();
      for (int element : order) {
        indices.add(element);
      }
      last = node(role, new Gather(0, indices), List.of(last));
    }
    boolean fits = last.equals(from) && fromShape.equals(shape);
    return fits ? last : node(role, new Reshape(shape), List.of(last));
  }

  /**
   * The graph that computes the value by the added nodes, the last of which defines it; whatever
   * nobody needs any more is gone.
   */
  Graph finish() {
    Node last = nodes.remove(nodes.size() - 1);
    nodes.add(new Node(last.name(), last.operator(), last.inputs(), List.of(value)));
    List<Node> all = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.outputs().contains(value)) {
        all.addAll(nodes);
      } else {
        all.add(node);
      }
    }
    Map<String, Tensor> allConstants = new LinkedHashMap<>(graph.constants());
    allConstants.putAll(constants);
    return graph.with(uniquelyNamed(needed(all, graph.results())), allConstants);
  }

  /** The nodes on which the outputs depend. */
  static List<Node> needed(List<Node> nodes, List<String> outputs) {
    Set<String> values = new HashSet<>(outputs);
    List<Node> needed = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (!Collections.disjoint(values, node.outputs())) {
        values.addAll(node.inputs());
        needed.add(node);
      }
    }
    Collections.reverse(needed);
    return needed;
  }

  /** A layer may bear the name of a node that stays, such as that of a shared convolution. */
  private static List<Node> uniquelyNamed(List<Node> nodes) {
    Set<String> taken = new HashSet<>();
    List<Node> unique = new ArrayList<>();
    for (Node node : nodes) {
      String name = node.name();
      for (int i = 2; !taken.add(name); i++) {
        name = node.name() + "_" + i;
      }
      unique.add(new Node(name, node.operator(), node.inputs(), node.outputs()));
    }
    return unique;
  }

  private String freeName(String role) {
    String preferred = value + "/" + role;
    String name = preferred;
    for (int i = 2; !names.add(name); i++) {
      name = preferred + i;
    }
    return name;
  }
}

package io.mcudeploy.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * A network in static single assignment form: every value is defined once, by an input, a state, a
 * constant or a node, before it is used. Immutable; passes build a new one. The constructor checks
 * all this and derives the type of every value.
 *
 * @param name the network's name, from the file
 * @param inputs what the user feeds, in order
 * @param outputs names of the values the user reads, in order
 * @param nodes in an order in which they can run
 * @param constants weights and other fixed tensors, by name
 * @param states values that every inference takes over from the one before, by name
 * @param types the type of every value and constant, derived
 */
public record Graph(
    String name,
    Map<String, TensorType> inputs,
    List<String> outputs,
    List<Node> nodes,
    Map<String, Tensor> constants,
    Map<String, State> states,
    Map<String, TensorType> types) {

  /** A graph without states. */
  public static Graph of(
      String name,
      Map<String, TensorType> inputs,
      List<String> outputs,
      List<Node> nodes,
      Map<String, Tensor> constants) {
    return of(name, inputs, outputs, nodes, constants, Map.of());
  }

  /** Checks the graph and derives the types. */
  public static Graph of(
      String name,
      Map<String, TensorType> inputs,
      List<String> outputs,
      List<Node> nodes,
      Map<String, Tensor> constants,
      Map<String, State> states) {
    Map<String, TensorType> types = new LinkedHashMap<>(inputs);
    states.forEach((value, state) -> define(types, value, state.type()));
    constants.forEach((constant, tensor) -> define(types, constant, tensor.type()));
    for (Node node : nodes) {
      List<TensorType> operands = new ArrayList<>();
      for (String input : node.inputs()) {
        operands.add(lookUp(types, input, node.name()));
      }
      List<TensorType> results = node.operator().outputTypes(operands);
      if (results.size() != node.outputs().size()) {
        throw new IllegalArgumentException(
            node.name()
                + " defines "
                + node.outputs().size()
                + " of "
                + results.size()
                + " outputs");
      }
      for (int i = 0; i < results.size(); i++) {
        define(types, node.outputs().get(i), results.get(i));
      }
    }
    for (String output : outputs) {
      lookUp(types, output, "the network's outputs");
    }
    states.forEach(
        (value, state) -> {
          TensorType next = lookUp(types, state.next(), "state " + value);
          if (!next.equals(state.type())) {
            throw new IllegalArgumentException(
                "state " + value + " is " + state.type() + ", then " + next);
          }
        });
    return new Graph(
        name,
        Collections.unmodifiableMap(new LinkedHashMap<>(inputs)),
        List.copyOf(outputs),
        List.copyOf(nodes),
        Collections.unmodifiableMap(new LinkedHashMap<>(constants)),
        Collections.unmodifiableMap(new LinkedHashMap<>(states)),
        Collections.unmodifiableMap(types));
  }

  /**
   * This graph with other nodes and constants; constants that no node uses any more are dropped.
   */
  public Graph with(List<Node> newNodes, Map<String, Tensor> newConstants) {
    Map<String, Tensor> used = new LinkedHashMap<>(newConstants);
    Map<String, Integer> uses = new HashMap<>();
    newNodes.forEach(node -> node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum)));
    used.keySet()
        .removeIf(constant -> !uses.containsKey(constant) && !results().contains(constant));
    return of(name, inputs, outputs, newNodes, used, states);
  }

  /** The values that must exist when all nodes have run: the outputs, and what states become. */
  public List<String> results() {
    List<String> results = new ArrayList<>(outputs);
    states.values().forEach(state -> results.add(state.next()));
    return results;
  }

  /** The type of a value or constant. */
  public TensorType type(String value) {
    return lookUp(types, value, name);
  }

  /** The node that defines each value; inputs and constants are absent. */
  public Map<String, Node> producers() {
    Map<String, Node> producers = new HashMap<>();
    nodes.forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
    return producers;
  }

  /** The nodes that use each value, in order; a value that is only an output has none. */
  public Map<String, List<Node>> consumers() {
    Map<String, List<Node>> consumers = new HashMap<>();
    for (Node node : nodes) {
      for (String input : new LinkedHashSet<>(node.inputs())) {
        consumers.computeIfAbsent(input, key -> new ArrayList<>()).add(node);
      }
    }
    return consumers;
  }

  /** One line per input, state, constant, node and output. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("graph " + name + "\n");
    inputs.forEach(
        (input, type) ->
            text.append("  input ").append(input).append(": ").append(type).append('\n'));
    states.forEach(
        (value, state) ->
            text.append("  state ")
                .append(value)
                .append(": ")
                .append(state.type())
                .append(", then ")
                .append(state.next())
                .append('\n'));
    constants.forEach(
        (constant, tensor) ->
            text.append("  constant ")
                .append(constant)
                .append(": ")
                .append(tensor.type())
                .append('\n'));
    for (Node node : nodes) {
      text.append("  ").append(node);
      node.outputs().forEach(output -> text.append(" : ").append(types.get(output)));
      text.append('\n');
    }
    outputs.forEach(output -> text.append("  output ").append(output).append('\n'));
    return text.toString();
  }

  private static void define(Map<String, TensorType> types, String value, TensorType type) {
    if (types.putIfAbsent(value, type) != null) {
      throw new IllegalArgumentException("value " + value + " is defined twice");
    }
  }

  private static TensorType lookUp(Map<String, TensorType> types, String value, String user) {
    TensorType type = types.get(value);
    if (type == null) {
      throw new IllegalArgumentException(
          "value " + value + ", used by " + user + ", is not defined");
    }
    return type;
  }
}

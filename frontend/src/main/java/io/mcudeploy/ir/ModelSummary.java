package io.mcudeploy.ir;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a network consists of, in figures.
 *
 * @param name from the file
 * @param inputs what the user feeds, in order
 * @param outputs what the user reads, in order
 * @param layers one row for each node, in order of execution
 * @param operators how many nodes there are of each kind, by name
 * @param parameters constant elements of the whole network, those that several nodes share counted
 *     once
 * @param macs multiply-accumulate operations of one inference
 */
public record ModelSummary(
    String name,
    List<Value> inputs,
    List<Value> outputs,
    List<Layer> layers,
    Map<String, Integer> operators,
    long parameters,
    long macs) {

  public ModelSummary {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    layers = List.copyOf(layers);
    operators = Collections.unmodifiableMap(new TreeMap<>(operators));
  }

  /** A named tensor. */
  public record Value(String name, TensorType type) {}

  /**
   * A node.
   *
   * @param kind the operator's name, such as {@code Conv2d}
   * @param inputs types of the operands that are not constant
   * @param outputs types of the results
   * @param parameters elements of the constant operands
   * @param macs multiply-accumulate operations of one inference
   */
  public record Layer(
      String name,
      String kind,
      List<TensorType> inputs,
      List<TensorType> outputs,
      long parameters,
      long macs) {
    public Layer {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /** Counts what is in a graph. */
  public static ModelSummary of(Graph graph) {
    Map<String, Integer> operators = new TreeMap<>();
    graph.nodes().forEach(node -> operators.merge(node.operator().kind(), 1, Integer::sum));
    List<Layer> layers = graph.nodes().stream().map(node -> layer(graph, node)).toList();
    Set<String> used = new LinkedHashSet<>();
    graph.nodes().forEach(node -> used.addAll(node.inputs()));
    return new ModelSummary(
        graph.name(),
        graph.inputs().entrySet().stream()
            .map(input -> new Value(input.getKey(), input.getValue()))
            .toList(),
        graph.outputs().stream().map(output -> new Value(output, graph.type(output))).toList(),
        layers,
        operators,
        used.stream().mapToLong(value -> constantElements(graph, value)).sum(),
        layers.stream().mapToLong(Layer::macs).sum());
  }

  private static Layer layer(Graph graph, Node node) {
    return new Layer(
        node.name(),
        node.operator().kind(),
        node.inputs().stream()
            .filter(input -> !graph.constants().containsKey(input))
            .map(graph::type)
            .toList(),
        node.outputs().stream().map(graph::type).toList(),
        node.inputs().stream().distinct().mapToLong(input -> constantElements(graph, input)).sum(),
        node.operator().macs(node.inputs().stream().map(graph::type).toList()));
  }

  private static long constantElements(Graph graph, String value) {
    Tensor constant = graph.constants().get(value);
    return constant == null ? 0 : constant.shape().elements();
  }
}

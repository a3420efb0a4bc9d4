package io.mcudeploy.quantized;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a quantized network in Java, bit for bit as the firmware does. It keeps nothing between
 * calls, so one model serves many threads; the states of a network are handed from call to call.
 */
public final class GoldenModel {
  private final QuantizedGraph graph;

  public GoldenModel(QuantizedGraph graph) {
    this.graph = graph;
  }

  /** The outputs' memory images, in the graph's order. */
  public List<byte[]> run(List<byte[]> inputs) {
    Map<String, byte[]> tensors = runAll(inputs);
    return graph.outputs().stream().map(tensors::get).toList();
  }

  /**
   * Memory images of the inputs and of every layer's outputs, in the order of definition, for the
   * first inference.
   */
  public Map<String, byte[]> runAll(List<byte[]> inputs) {
    return runAll(inputs, Map.of());
  }

  /**
   * The same for one inference after another.
   *
   * @param inputs for each inference the memory images of the inputs
   */
  public List<Map<String, byte[]>> runSequence(List<List<byte[]>> inputs) {
    List<Map<String, byte[]>> results = new ArrayList<>();
    Map<String, byte[]> states = Map.of();
    for (List<byte[]> images : inputs) {
      Map<String, byte[]> values = runAll(images, states);
      results.add(values);
      states = statesAfter(values);
    }
    return results;
  }

  /** The states that the next inference begins with, for all images of this one. */
  public Map<String, byte[]> statesAfter(Map<String, byte[]> values) {
    Map<String, byte[]> states = new HashMap<>();
    graph.states().forEach((state, next) -> states.put(state, values.get(next)));
    return states;
  }

  /**
   * As above.
   *
   * @param states what {@link #statesAfter} gave for the inference before; nothing for the first
   */
  public Map<String, byte[]> runAll(List<byte[]> inputs, Map<String, byte[]> states) {
    if (inputs.size() != graph.inputs().size()) {
      throw new IllegalArgumentException(inputs.size() + " inputs of " + graph.inputs().size());
    }
    Map<String, byte[]> known = new HashMap<>();
    graph.constants().forEach((name, data) -> known.put(name, data.toArray()));
    graph.states().keySet().forEach(state -> known.put(state, graph.initialState(state)));
    known.putAll(states);
    Map<String, byte[]> values = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      define(graph.inputs().get(i), inputs.get(i), known, values);
    }
    for (Layer layer : graph.layers()) {
      List<byte[]> results = layer.operator().run(layer.inputs().stream().map(known::get).toList());
      for (int i = 0; i < results.size(); i++) {
        define(layer.outputs().get(i), results.get(i), known, values);
      }
    }
    for (String output : graph.outputs()) {
      values.putIfAbsent(output, known.get(output));
    }
    return values;
  }

  private void define(
      String name, byte[] image, Map<String, byte[]> known, Map<String, byte[]> values) {
    if (image.length != graph.tensor(name).bytes()) {
      throw new IllegalArgumentException(name + " has " + image.length + " bytes");
    }
    known.put(name, image);
    values.put(name, image);
  }
}

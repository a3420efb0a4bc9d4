package io.mcudeploy.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The float model: runs a graph in real numbers. Stateless, so one interpreter serves many threads.
 */
public final class Interpreter {
  private final Graph graph;

  public Interpreter(Graph graph) {
    this.graph = graph;
  }

  /** The outputs, in the graph's order, for one set of inputs. */
  public List<Tensor> run(Map<String, Tensor> inputs) {
    Map<String, Tensor> values = runAll(inputs);
    return graph.outputs().stream().map(values::get).toList();
  }

  /** As below, for a first inference. */
  public Map<String, Tensor> runAll(Map<String, Tensor> inputs) {
    return runAll(inputs, Map.of());
  }

  /**
   * Every value of the graph except constants and states, in the order of definition.
   *
   * @param states what {@link #statesAfter} gave for the inference before; nothing for the first
   */
  public Map<String, Tensor> runAll(Map<String, Tensor> inputs, Map<String, Tensor> states) {
    Map<String, Tensor> known = fixed();
    known.putAll(states);
    Map<String, Tensor> values = new LinkedHashMap<>();
    graph
        .inputs()
        .forEach(
            (name, type) -> {
              Tensor input = inputs.get(name);
              if (input == null || !input.type().equals(type)) {
                throw new IllegalArgumentException("input " + name + " must be " + type);
              }
              known.put(name, input);
              values.put(name, input);
            });
    for (Node node : graph.nodes()) {
      List<Tensor> operands = new ArrayList<>();
      node.inputs().forEach(input -> operands.add(known.get(input)));
      List<Tensor> results = node.operator().evaluate(operands);
      for (int i = 0; i < results.size(); i++) {
        known.put(node.outputs().get(i), results.get(i));
        values.put(node.outputs().get(i), results.get(i));
      }
    }
    for (String output : graph.results()) {
      values.putIfAbsent(output, known.get(output));
    }
    return values;
  }

  /**
   * The states that the next inference begins with.
   *
   * @param values all values of this inference
   */
  public Map<String, Tensor> statesAfter(Map<String, Tensor> values) {
    Map<String, Tensor> states = new HashMap<>();
    graph.states().forEach((name, state) -> states.put(name, values.get(state.next())));
    return states;
  }

  /** Constants, and the states of a first inference. */
  private Map<String, Tensor> fixed() {
    Map<String, Tensor> fixed = new HashMap<>(graph.constants());
    graph.states().forEach((name, state) -> fixed.put(name, zeros(state.type())));
    return fixed;
  }

  private static Tensor zeros(TensorType type) {
    int elements = type.shape().elements();
    return type.element().isFloat()
        ? new Tensor.Floats(type.shape(), new float[elements])
        : new Tensor.Integers(type.element(), type.shape(), new long[elements]);
  }

  /**
   * Some values of a first inference when others are replaced: only what depends on these is
   * computed again.
   *
   * @param values as {@link #runAll} gave them
   * @param replaced by name; what gives them is not computed
   * @param wanted names of the values to return, in this order
   */
  public List<Tensor> runAgain(
      Map<String, Tensor> values, Map<String, Tensor> replaced, List<String> wanted) {
    Map<String, Tensor> known = fixed();
    known.putAll(values);
    Map<String, Tensor> changed = new HashMap<>(replaced);
    for (Node node : graph.nodes()) {
      if (changed.keySet().containsAll(wanted)) {
        break;
      }
      if (node.inputs().stream().noneMatch(changed::containsKey)
          || node.outputs().stream().anyMatch(changed::containsKey)) {
        continue;
      }
      List<Tensor> operands = new ArrayList<>();
      for (String input : node.inputs()) {
        operands.add(changed.getOrDefault(input, known.get(input)));
      }
      List<Tensor> results = node.operator().evaluate(operands);
      for (int i = 0; i < results.size(); i++) {
        changed.put(node.outputs().get(i), results.get(i));
      }
    }
    return wanted.stream().map(name -> changed.getOrDefault(name, known.get(name))).toList();
  }
}

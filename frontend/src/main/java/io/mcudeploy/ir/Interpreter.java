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

  /** Every value of the graph except the constants, in the order of definition. */
  public Map<String, Tensor> runAll(Map<String, Tensor> inputs) {
    Map<String, Tensor> known = new HashMap<>(graph.constants());
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
    for (String output : graph.outputs()) {
      values.putIfAbsent(output, known.get(output));
    }
    return values;
  }
}

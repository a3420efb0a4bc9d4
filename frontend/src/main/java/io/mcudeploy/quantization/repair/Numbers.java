package io.mcudeploy.quantization.repair;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** The real constants of a network while they are being changed. */
final class Numbers {
  private final Graph graph;
  private final Map<String, float[]> changed = new LinkedHashMap<>();

  Numbers(Graph graph) {
    this.graph = graph;
  }

  /** The numbers of a constant as they are now, not to be changed. */
  float[] of(String constant) {
    float[] numbers = changed.get(constant);
    return numbers != null ? numbers : ((Tensor.Floats) graph.constants().get(constant)).values();
  }

  /** The numbers of a constant, to be changed in place. */
  float[] toChange(String constant) {
    return changed.computeIfAbsent(constant, name -> of(name).clone());
  }

  /** The network with the changed numbers. */
  Graph finish() {
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    changed.forEach(
        (name, numbers) ->
            constants.put(name, new Tensor.Floats(graph.type(name).shape(), numbers)));
    return graph.with(graph.nodes(), constants);
  }
}

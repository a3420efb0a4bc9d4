package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.operators.Fused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes two layers one where the core has a kernel that computes both at once in fewer
 * instructions, so that what is between them is never stored:
 *
 * <pre>
 *   x ─ conv2d ─ z ─┐                x ─────────┐
 *                   add ─ y    →                conv2d + add ─ y
 *        residual ──┘                residual ──┘
 * </pre>
 *
 * z is read by the second layer only, once, and is no output of the network. The new layer takes
 * the second one's place in the order, and has both names.
 */
final class Fusion {
  /**
   * Two layers that one kernel can compute.
   *
   * @param first index of the layer that defines what is between them
   * @param second index of the layer that reads it
   */
  private record Pair(int first, int second, Layer layer, long saved) {}

  private final QuantizedGraph graph;
  private final CoreKernels kernels;

  private Fusion(QuantizedGraph graph, CoreKernels kernels) {
    this.graph = graph;
    this.kernels = kernels;
  }

  /**
   * The network with all pairs made one that save instructions; of several pairs with one layer,
   * that which saves most.
   *
   * @param kept tensors that have to exist
   */
  static QuantizedGraph of(QuantizedGraph graph, CoreKernels kernels, Set<String> kept) {
    return new Fusion(graph, kernels).fused(kept);
  }

  private QuantizedGraph fused(Set<String> kept) {
    List<Pair> pairs = new ArrayList<>();
    for (int first = 0; first < graph.layers().size(); first++) {
      pair(first, kept).ifPresent(pairs::add);
    }
    pairs.sort(Comparator.comparingLong(Pair::saved).reversed());
    Map<Integer, Layer> replacements = new HashMap<>();
    Set<Integer> removed = new TreeSet<>();
    for (Pair pair : pairs) {
      boolean free =
          !removed.contains(pair.first())
              && !removed.contains(pair.second())
              && !replacements.containsKey(pair.first())
              && !replacements.containsKey(pair.second());
      if (free) {
        removed.add(pair.first());
        replacements.put(pair.second(), pair.layer());
      }
    }
    return removed.isEmpty() ? graph : with(replacements, removed);
  }

  private QuantizedGraph with(Map<Integer, Layer> replacements, Set<Integer> removed) {
    List<Layer> layers = new ArrayList<>();
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>(graph.tensors());
    for (int i = 0; i < graph.layers().size(); i++) {
      if (removed.contains(i)) {
        tensors.remove(graph.layers().get(i).outputs().get(0));
      } else {
        layers.add(replacements.getOrDefault(i, graph.layers().get(i)));
      }
    }
    return new QuantizedGraph(
        graph.name(),
        graph.inputs(),
        graph.outputs(),
        layers,
        tensors,
        graph.constants(),
        graph.states());
  }

  /** A layer and the only one that reads its output, if computing both at once saves anything. */
  private Optional<Pair> pair(int first, Set<String> kept) {
    Layer layer = graph.layers().get(first);
    String between = layer.outputs().get(0);
    List<Integer> readers = readers(between);
    if (layer.outputs().size() > 1
        || layer.inputs().size() > 1
        || readers.size() != 1
        || kept.contains(between)
        || graph.outputs().contains(between)
        || graph.states().containsValue(between)
        || graph.states().containsKey(layer.inputs().get(0))) {
      return Optional.empty();
    }
    int second = readers.get(0);
    Layer reader = graph.layers().get(second);
    if (reader.outputs().size() > 1 || Collections.frequency(reader.inputs(), between) > 1) {
      return Optional.empty();
    }
    int position = reader.inputs().indexOf(between);
    Fused operator = new Fused(layer.operator(), reader.operator(), position);
    List<KernelCode> together = kernels.find(operator);
    if (together.isEmpty()) {
      return Optional.empty();
    }
    long saved = cost(first) + cost(second) - together.get(0).cost();
    List<String> inputs = new ArrayList<>(reader.inputs());
    inputs.remove(position);
    inputs.add(0, layer.inputs().get(0));
    String name = layer.name() + " + " + reader.name();
    List<String> origins = new ArrayList<>(layer.origins());
    origins.addAll(reader.origins());
    Layer both = new Layer(name, operator, inputs, reader.outputs(), origins);
    return Optional.of(new Pair(first, second, both, saved)).filter(pair -> pair.saved() > 0);
  }

  private List<Integer> readers(String tensor) {
    List<Integer> readers = new ArrayList<>();
    for (int i = 0; i < graph.layers().size(); i++) {
      if (graph.layers().get(i).inputs().contains(tensor)) {
        readers.add(i);
      }
    }
    return readers;
  }

  /** Estimated instructions of a layer's fastest kernel. */
  private long cost(int index) {
    return kernels.variants(graph.layers().get(index).operator()).get(0).cost();
  }
}

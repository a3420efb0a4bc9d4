package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the arena must hold while layers run in any order. Only the set of layers that have run
 * matters: a tensor is alive from the layer that defines it until the last that reads it.
 */
public final class Liveness {
  /** A tensor in the arena and the layers that read it. */
  private record Value(long bytes, BitSet readers) {}

  /** A value that a layer may write its first output over, once nobody else reads it. */
  private record Sharing(Value input, long savedBytes) {}

  /**
   * What one layer does to the arena.
   *
   * @param before layers that must run earlier
   */
  private record Demand(
      BitSet before, Set<Value> reads, List<Value> writes, long scratch, List<Sharing> sharings) {}

  private final List<Demand> demands = new ArrayList<>();
  private final long atStart;

  /**
   * @param kernels one for each layer of the network
   * @param ports whose memory the network's inputs and outputs are
   */
  public Liveness(QuantizedGraph graph, List<KernelCode> kernels, Ports ports) {
    Map<String, Value> values = values(graph, ports);
    Map<String, Integer> definers = new TreeMap<>();
    for (int i = 0; i < graph.layers().size(); i++) {
      for (String output : graph.layers().get(i).outputs()) {
        definers.put(output, i);
      }
    }
    for (int i = 0; i < graph.layers().size(); i++) {
      Layer layer = graph.layers().get(i);
      BitSet before = new BitSet();
      // Identity, not equality: two tensors of one size may have the same readers.
      Set<Value> reads = Collections.newSetFromMap(new java.util.IdentityHashMap<>());
      for (String input : layer.inputs()) {
        if (definers.containsKey(input)) {
          before.set(definers.get(input));
        }
        if (values.containsKey(input)) {
          reads.add(values.get(input));
        }
      }
      demands.add(
          new Demand(
              before,
              reads,
              layer.outputs().stream().filter(values::containsKey).map(values::get).toList(),
              kernels.get(i).scratchBytes(),
              sharings(layer, kernels.get(i), values)));
    }
    graph.states().forEach((state, next) -> readBefore(graph, state, definers.get(next)));
    atStart =
        graph.states().keySet().stream().mapToLong(s -> graph.tensor(s).bytes()).sum()
            + graph.inputs().stream()
                .filter(values::containsKey)
                .map(values::get)
                .filter(value -> !value.readers().isEmpty())
                .mapToLong(Value::bytes)
                .sum();
  }

  int layers() {
    return demands.size();
  }

  /** Bytes alive before the first layer. */
  long atStart() {
    return atStart;
  }

  /** The layers that may come next when some have run, in the network's order. */
  List<Integer> ready(BitSet done) {
    List<Integer> ready = new ArrayList<>();
    for (int i = done.nextClearBit(0); i < demands.size(); i = done.nextClearBit(i + 1)) {
      if (contains(done, demands.get(i).before())) {
        ready.add(i);
      }
    }
    return ready;
  }

  /** Bytes that a layer needs while it runs, besides what is alive. */
  long demand(BitSet done, int layer) {
    Demand demand = demands.get(layer);
    long bytes = demand.scratch();
    for (Value value : demand.writes()) {
      bytes += value.bytes();
    }
    long saved = 0;
    for (Sharing sharing : demand.sharings()) {
      if (isLast(sharing.input(), done, layer)) {
        saved = Math.max(saved, sharing.savedBytes());
      }
    }
    return bytes - saved;
  }

  /** Bytes by which a layer changes what is alive. */
  long growth(BitSet done, int layer) {
    long bytes = 0;
    for (Value value : demands.get(layer).writes()) {
      bytes += value.readers().isEmpty() ? 0 : value.bytes();
    }
    for (Value value : demands.get(layer).reads()) {
      bytes -= isLast(value, done, layer) ? value.bytes() : 0;
    }
    return bytes;
  }

  private static Map<String, Value> values(QuantizedGraph graph, Ports ports) {
    Map<String, Value> values = new LinkedHashMap<>();
    if (ports == Ports.ARENA) {
      for (String input : graph.inputs()) {
        values.put(input, new Value(graph.tensor(input).bytes(), new BitSet()));
      }
    }
    for (Layer layer : graph.layers()) {
      for (String output : layer.outputs()) {
        boolean caller = ports == Ports.CALLER && graph.outputs().contains(output);
        if (!caller && !graph.states().containsValue(output)) {
          values.put(output, new Value(graph.tensor(output).bytes(), new BitSet()));
        }
      }
    }
    for (int i = 0; i < graph.layers().size(); i++) {
      for (String input : graph.layers().get(i).inputs()) {
        if (values.containsKey(input)) {
          values.get(input).readers().set(i);
        }
      }
    }
    for (String output : graph.outputs()) {
      if (values.containsKey(output)) {
        // The caller reads it behind the last layer.
        values.get(output).readers().set(graph.layers().size());
      }
    }
    return values;
  }

  private static List<Sharing> sharings(Layer layer, KernelCode kernel, Map<String, Value> values) {
    Value output = values.get(layer.outputs().get(0));
    if (output == null) {
      return List.of();
    }
    List<Sharing> sharings = new ArrayList<>();
    for (String name : new TreeSet<>(layer.inputs())) {
      Value input = values.get(name);
      if (input != null && Lifetimes.replaces(layer, kernel, name, output.bytes(), input.bytes())) {
        sharings.add(new Sharing(input, output.bytes()));
      } else if (input != null && Lifetimes.leads(layer, kernel, name)) {
        long together = Math.max(output.bytes(), kernel.lead().getAsInt() + input.bytes());
        sharings.add(new Sharing(input, Math.max(0, output.bytes() + input.bytes() - together)));
      }
    }
    return sharings;
  }

  /** What becomes of a state takes its place, so everything that reads the state comes first. */
  private void readBefore(QuantizedGraph graph, String state, int definer) {
    for (int i = 0; i < graph.layers().size(); i++) {
      if (i != definer && graph.layers().get(i).inputs().contains(state)) {
        demands.get(definer).before().set(i);
      }
    }
  }

  private static boolean isLast(Value value, BitSet done, int layer) {
    BitSet readers = value.readers();
    for (int i = readers.nextSetBit(0); i >= 0; i = readers.nextSetBit(i + 1)) {
      if (i != layer && !done.get(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean contains(BitSet set, BitSet part) {
    for (int i = part.nextSetBit(0); i >= 0; i = part.nextSetBit(i + 1)) {
      if (!set.get(i)) {
        return false;
      }
    }
    return true;
  }
}

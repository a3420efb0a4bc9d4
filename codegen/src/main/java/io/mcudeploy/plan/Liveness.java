package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the arena must hold while layers run in any order. Only the set of layers that have run
 * matters: a tensor is alive from the layer that defines it until the last that reads it. Tensors
 * that share memory ({@link Views}) are alive together.
 */
public final class Liveness {
  /**
   * A tensor in the arena, or several that share memory, and the layers that write and read them;
   * what the caller writes and reads is written by and read by a layer behind the last.
   */
  private record Value(long bytes, BitSet writers, BitSet readers) {
    boolean isBegun(BitSet done, int layers) {
      return writers.get(layers) || writers.intersects(done);
    }
  }

  /** A value that a layer may write its first output over, once nobody else reads it. */
  private record Sharing(Value output, Value input, long savedBytes) {}

  /**
   * What one layer does to the arena.
   *
   * @param before layers that must run earlier
   */
  private record Demand(
      BitSet before, Set<Value> reads, Set<Value> writes, long scratch, List<Sharing> sharings) {}

  private final List<Demand> demands = new ArrayList<>();
  private final long atStart;

  /**
   * @param kernels one for each layer of the network
   * @param ports whose memory the network's inputs and outputs are
   */
  public Liveness(QuantizedGraph graph, List<KernelCode> kernels, Ports ports) {
    Views views = Views.of(graph, kernels);
    Map<String, Value> values = values(graph, views, ports);
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
      Set<Value> reads = Collections.newSetFromMap(new IdentityHashMap<>());
      Set<Value> writes = Collections.newSetFromMap(new IdentityHashMap<>());
      for (String input : layer.inputs()) {
        if (definers.containsKey(input)) {
          before.set(definers.get(input));
        }
        if (values.containsKey(input)) {
          reads.add(values.get(input));
        }
      }
      layer.outputs().stream()
          .filter(values::containsKey)
          .forEach(output -> writes.add(values.get(output)));
      demands.add(
          new Demand(
              before,
              reads,
              writes,
              kernels.get(i).scratchBytes(),
              sharings(layer, kernels.get(i), views, values)));
    }
    graph.states().forEach((state, next) -> readBefore(graph, state, definers.get(next)));
    Set<Value> inputs = Collections.newSetFromMap(new IdentityHashMap<>());
    graph.inputs().stream()
        .filter(values::containsKey)
        .forEach(input -> inputs.add(values.get(input)));
    atStart =
        graph.states().keySet().stream().mapToLong(s -> graph.tensor(s).bytes()).sum()
            + inputs.stream()
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
      bytes += value.isBegun(done, layers()) ? 0 : value.bytes();
    }
    long saved = 0;
    for (Sharing sharing : demand.sharings()) {
      if (isLast(sharing.input(), done, layer) && !sharing.output().isBegun(done, layers())) {
        saved = Math.max(saved, sharing.savedBytes());
      }
    }
    return bytes - saved;
  }

  /** Bytes by which a layer changes what is alive. */
  long growth(BitSet done, int layer) {
    long bytes = 0;
    for (Value value : demands.get(layer).writes()) {
      boolean begins = !value.readers().isEmpty() && !value.isBegun(done, layers());
      bytes += begins ? value.bytes() : 0;
    }
    for (Value value : demands.get(layer).reads()) {
      bytes -= isLast(value, done, layer) ? value.bytes() : 0;
    }
    return bytes;
  }

  private static Map<String, Value> values(QuantizedGraph graph, Views views, Ports ports) {
    Map<String, Value> values = new LinkedHashMap<>();
    int outside = graph.layers().size();
    if (ports == Ports.ARENA) {
      for (String input : graph.inputs()) {
        value(input, graph, views, values).writers().set(outside);
      }
    }
    for (int i = 0; i < graph.layers().size(); i++) {
      for (String output : graph.layers().get(i).outputs()) {
        String whole = views.root(output).whole();
        boolean caller = graph.inputs().contains(whole) || graph.outputs().contains(whole);
        if (!(caller && ports == Ports.CALLER) && !graph.states().containsValue(output)) {
          value(output, graph, views, values).writers().set(i);
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
        values.get(output).readers().set(outside);
      }
    }
    return values;
  }

  /** The value of a tensor, which is that of the tensor whose memory it is part of. */
  private static Value value(
      String tensor, QuantizedGraph graph, Views views, Map<String, Value> values) {
    String whole = views.root(tensor).whole();
    if (!values.containsKey(whole)) {
      long bytes = graph.tensor(whole).bytes();
      values.put(whole, new Value(bytes, new BitSet(), new BitSet()));
    }
    values.put(tensor, values.get(whole));
    return values.get(tensor);
  }

  private static List<Sharing> sharings(
      Layer layer, KernelCode kernel, Views views, Map<String, Value> values) {
    String first = layer.outputs().get(0);
    Value output = values.get(first);
    if (output == null) {
      return List.of();
    }
    List<Sharing> sharings = new ArrayList<>();
    for (String name : new TreeSet<>(layer.inputs())) {
      Value input = values.get(name);
      if (input == null || input.equals(output)) {
        continue;
      }
      boolean whole = Lifetimes.isWhole(first, views) && Lifetimes.isWhole(name, views);
      if (whole && Lifetimes.replaces(layer, kernel, name, output.bytes(), input.bytes())) {
        sharings.add(new Sharing(output, input, output.bytes()));
      } else if (Lifetimes.leads(layer, kernel, name)) {
        int inside = views.root(first).offset() - views.root(name).offset();
        long lead = Math.max(0, kernel.lead().getAsInt() + inside);
        long together = Math.max(output.bytes(), lead + input.bytes());
        long saved = Math.max(0, output.bytes() + input.bytes() - together);
        sharings.add(new Sharing(output, input, saved));
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

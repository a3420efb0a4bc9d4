package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.RowWise;
import io.mcudeploy.quantized.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lays out the line buffers of a chain and finds the turns that are loops. */
final class ChainBuilder {
  private final QuantizedGraph graph;
  private final Turns turns;
  private final List<Layer> layers;
  private final List<List<KernelCode>> kernels;
  private final List<List<RowWise>> bands = new ArrayList<>();

  /** The tensor whose memory another one's rows lie in. */
  private final Map<String, String> hosts = new LinkedHashMap<>();

  /**
   * @param kernels for each layer one for each of its {@link Turns#bands}
   */
  ChainBuilder(QuantizedGraph graph, Turns turns, List<List<KernelCode>> kernels) {
    this.graph = graph;
    this.turns = turns;
    this.layers = turns.layers();
    this.kernels = kernels;
    for (int layer = 0; layer < layers.size(); layer++) {
      bands.add(turns.bands(layer));
    }
  }

  Chain build() {
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      findGuest(layer);
    }
    Map<String, Chain.Line> lines = new LinkedHashMap<>();
    for (String tensor : turns.inner()) {
      lines.put(
          tensor,
          new Chain.Line(
              turns.mostRows(tensor),
              turns.height(tensor),
              rowBytes(tensor),
              turns.staysBetweenTurns(tensor),
              Optional.ofNullable(hosts.get(tensor))));
    }
    return new Chain(turns.first(), turns.last(), turns.rowsPerTurn(), loops(), lines, leads());
  }

  /** Lets one input of a layer lie where the layer's output will be, if the kernels allow that. */
  private void findGuest(int layer) {
    String output = layers.get(layer).outputs().get(0);
    if (graph.outputs().contains(output)) {
      return;
    }
    for (String input : layers.get(layer).inputs()) {
      if (turns.inner().contains(input)
          && turns.readers(input).equals(List.of(layer))
          && !turns.staysBetweenTurns(input)
          && rowBytes(input) == rowBytes(output)
          && turns.height(input) == turns.height(output)
          && inPlace(layer, input)) {
        hosts.put(input, hosts.getOrDefault(output, output));
        return;
      }
    }
  }

  /** Whether all kernels of a layer read each element of an input before they write its place. */
  private boolean inPlace(int layer, String input) {
    List<String> inputs = layers.get(layer).inputs();
    for (int position = 0; position < inputs.size(); position++) {
      int here = position;
      if (inputs.get(position).equals(input)
          && kernels.get(layer).stream().anyMatch(kernel -> !kernel.inPlace().contains(here))) {
        return false;
      }
    }
    return true;
  }

  private int rowBytes(String tensor) {
    return graph.tensor(tensor).bytes() / turns.height(tensor);
  }

  /** How far the last layer's output may lie over each whole input. */
  private Map<String, Integer> leads() {
    String output = layers.get(layers.size() - 1).outputs().get(0);
    Map<String, Integer> leads = new LinkedHashMap<>();
    for (String input : wholeInputs()) {
      int lead = 0;
      int stillRead = turns.height(input);
      for (int turn = turns.count() - 1; turn >= 0; turn--) {
        for (int reader : turns.readers(input)) {
          if (turns.output(turn, reader).count() > 0) {
            stillRead = Math.min(stillRead, turns.input(turn, reader, input).first());
          }
        }
        int written = turns.output(turn, layers.size() - 1).end();
        lead = Math.max(lead, written * rowBytes(output) - stillRead * rowBytes(input));
      }
      leads.put(input, lead);
    }
    return leads;
  }

  private Set<String> wholeInputs() {
    Set<String> inputs = new LinkedHashSet<>();
    layers.forEach(layer -> inputs.addAll(layer.inputs()));
    layers.forEach(layer -> inputs.removeAll(layer.outputs()));
    return inputs;
  }

  private List<Chain.Loop> loops() {
    List<Chain.Loop> loops = new ArrayList<>();
    int start = 0;
    while (start < turns.count()) {
      List<Chain.Band> first = bands(start);
      List<Chain.Band> loop = first;
      int end = start + 1;
      if (end < turns.count()) {
        Optional<List<Chain.Band>> stepping = stepping(first, bands(end));
        while (stepping.isPresent()
            && end < turns.count()
            && continues(stepping.get(), end - start, bands(end))) {
          loop = stepping.get();
          end++;
        }
      }
      loops.add(new Chain.Loop(end - start, loop));
      start = end;
    }
    return loops;
  }

  /** The bands of a turn. */
  private List<Chain.Band> bands(int turn) {
    List<Chain.Band> list = new ArrayList<>();
    Set<String> moved = new LinkedHashSet<>();
    for (int layer = 0; layer < layers.size(); layer++) {
      Rows output = turns.output(turn, layer);
      if (output.count() == 0) {
        continue;
      }
      String tensor = layers.get(layer).outputs().get(0);
      String host = hosts.getOrDefault(tensor, tensor);
      int kept = 0;
      int dropped = 0;
      if (turn > 0 && moved.add(host) && turns.inner().contains(host)) {
        kept = output.first() - turns.firstKept(turn, host);
        dropped = kept == 0 ? 0 : turns.firstKept(turn, host) - turns.firstKept(turn - 1, host);
      }
      List<String> inputs = layers.get(layer).inputs();
      List<Chain.Slice> slices = new ArrayList<>();
      for (int input = 0; input < inputs.size(); input++) {
        slices.add(slice(turn, inputs.get(input), turns.input(turn, layer, input)));
      }
      list.add(
          new Chain.Band(
              turns.first() + layer,
              bands.get(layer).indexOf(turns.band(turn, layer)),
              slices,
              slice(turn, tensor, output),
              dropped,
              dropped == 0 ? 0 : kept));
    }
    return list;
  }

  private Chain.Slice slice(int turn, String tensor, Rows rows) {
    int place = rows.first() - turns.firstKept(turn, hosts.getOrDefault(tensor, tensor));
    return new Chain.Slice(tensor, rows, place, 0, rowBytes(tensor));
  }

  /** A turn's bands with the steps that lead to the next turn's; empty if these are others. */
  private static Optional<List<Chain.Band>> stepping(List<Chain.Band> turn, List<Chain.Band> next) {
    if (!numbers(turn).equals(numbers(next))) {
      return Optional.empty();
    }
    List<Chain.Band> stepping = new ArrayList<>();
    for (int i = 0; i < turn.size(); i++) {
      Chain.Band band = turn.get(i);
      List<Chain.Slice> inputs = new ArrayList<>();
      for (int k = 0; k < band.inputs().size(); k++) {
        inputs.add(stepping(band.inputs().get(k), next.get(i).inputs().get(k)));
      }
      stepping.add(
          new Chain.Band(
              band.number(),
              band.kernel(),
              inputs,
              stepping(band.output(), next.get(i).output()),
              band.dropped(),
              band.kept()));
    }
    return continues(stepping, 1, next) ? Optional.of(stepping) : Optional.empty();
  }

  private static List<Integer> numbers(List<Chain.Band> turn) {
    return turn.stream().map(Chain.Band::number).toList();
  }

  private static Chain.Slice stepping(Chain.Slice slice, Chain.Slice next) {
    return new Chain.Slice(
        slice.tensor(),
        slice.rows(),
        slice.place(),
        next.place() - slice.place(),
        slice.rowBytes());
  }

  /** Whether a turn's bands are what a loop does in that turn. */
  private static boolean continues(List<Chain.Band> loop, int turn, List<Chain.Band> bands) {
    if (!numbers(loop).equals(numbers(bands))) {
      return false;
    }
    for (int i = 0; i < loop.size(); i++) {
      Chain.Band band = bands.get(i);
      Chain.Band expected = loop.get(i);
      if (band.kernel() != expected.kernel()
          || band.dropped() != expected.dropped()
          || band.kept() != expected.kept()
          || !continues(expected.output(), turn, band.output())) {
        return false;
      }
      for (int k = 0; k < band.inputs().size(); k++) {
        if (!continues(expected.inputs().get(k), turn, band.inputs().get(k))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean continues(Chain.Slice loop, int turn, Chain.Slice slice) {
    return slice.tensor().equals(loop.tensor())
        && slice.rows().count() == loop.rows().count()
        && slice.place() == loop.place() + turn * loop.step();
  }
}

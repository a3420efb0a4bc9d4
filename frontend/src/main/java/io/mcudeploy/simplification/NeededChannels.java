package io.mcudeploy.simplification;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Which channels of a network's tensors have to be computed. Tensors that layers of separate
 * channels connect keep the same channels: they share one set. A set only grows, from what its
 * readers need, until every layer is satisfied.
 */
final class NeededChannels {
  /** Channels are kept by fours: what kernels read in one word. */
  private static final int WORD = 4;

  private final QuantizedGraph graph;

  /** What is known of layers, by their names. */
  private final Map<String, ChannelWise> layers = new LinkedHashMap<>();

  private final Map<String, ChannelRanges> ranges = new LinkedHashMap<>();

  /** Tensors whose channels go together, by the name of one of them. */
  private final Map<String, String> leaders = new LinkedHashMap<>();

  /** The channels that are needed, by the leaders' names. */
  private final Map<String, BitSet> needed = new LinkedHashMap<>();

  private NeededChannels(QuantizedGraph graph) {
    this.graph = graph;
  }

  static NeededChannels of(QuantizedGraph graph) {
    NeededChannels channels = new NeededChannels(graph);
    channels.findRanges();
    channels.shareSets();
    channels.keepWhatCallersSee();
    do {
      channels.grow();
    } while (channels.fillWords());
    return channels;
  }

  int channels(String tensor) {
    return ranges.get(tensor).channels();
  }

  boolean isReduced(String tensor) {
    return ranges.containsKey(tensor) && needed(tensor).cardinality() < channels(tensor);
  }

  /** The channels that a tensor keeps, in order. */
  List<Integer> kept(String tensor) {
    return needed(tensor).stream().boxed().toList();
  }

  private BitSet needed(String tensor) {
    return needed.get(leaders.get(tensor));
  }

  /** The layer's operator on the channels that are left. */
  IntegerOperator reduced(Layer layer) {
    String input = layer.inputs().get(0);
    String output = layer.outputs().get(0);
    if (!layers.containsKey(layer.name()) || !(isReduced(input) || isReduced(output))) {
      return layer.operator();
    }
    if (layers.get(layer.name()) instanceof MixedChannels mixed) {
      return mixed.reduced(
          rangesOf(input, mixed),
          ranges.containsKey(input) ? kept(input) : all(mixed.channels()),
          ranges.containsKey(output) ? kept(output) : all(mixed.bias().length()));
    }
    return ((SeparateChannels) layers.get(layer.name())).reduced().apply(kept(output));
  }

  private static List<Integer> all(int channels) {
    return IntStream.range(0, channels).boxed().toList();
  }

  /** What tensors can hold, from the first layer to the last. */
  private void findRanges() {
    for (Layer layer : graph.layers()) {
      Optional<ChannelWise> operator = channelWise(layer);
      operator.ifPresent(
          channels -> {
            layers.put(layer.name(), channels);
            channels
                .output(layer.inputs().stream().map(name -> rangesOf(name, channels)).toList())
                .ifPresent(range -> ranges.put(layer.outputs().get(0), range));
          });
    }
  }

  /** How the layer treats channels; layers of separate channels need inputs that have some. */
  private Optional<ChannelWise> channelWise(Layer layer) {
    ChannelRanges input = ranges.get(layer.inputs().get(0));
    if (input == null) {
      return ChannelWise.of(layer.operator());
    }
    return ChannelWise.of(layer.operator(), input.channels())
        .filter(
            channels ->
                channels instanceof MixedChannels
                    || layer.inputs().stream()
                        .allMatch(
                            name ->
                                ranges.containsKey(name)
                                    && ranges.get(name).channels() == input.channels()));
  }

  private ChannelRanges rangesOf(String tensor, ChannelWise reader) {
    ChannelRanges range = ranges.get(tensor);
    if (range != null) {
      return range;
    }
    return ChannelRanges.int8(((MixedChannels) reader).channels());
  }

  private void shareSets() {
    ranges.keySet().forEach(tensor -> leaders.put(tensor, tensor));
    for (Layer layer : graph.layers()) {
      if (layers.get(layer.name()) instanceof SeparateChannels) {
        layer.inputs().forEach(input -> share(input, layer.outputs().get(0)));
      }
    }
    leaders.values().forEach(leader -> needed.put(leader, new BitSet()));
  }

  private void share(String one, String other) {
    String leader = leaders.get(one);
    String replaced = leaders.get(other);
    leaders.replaceAll((tensor, current) -> current.equals(replaced) ? leader : current);
  }

  private void keepWhatCallersSee() {
    List<String> seen = new ArrayList<>(graph.outputs());
    seen.addAll(graph.states().keySet());
    seen.addAll(graph.states().values());
    seen.forEach(this::keepAll);
    for (Layer layer : graph.layers()) {
      if (!layers.containsKey(layer.name())) {
        layer.inputs().forEach(this::keepAll);
      }
    }
  }

  private void keepAll(String tensor) {
    if (ranges.containsKey(tensor)) {
      needed(tensor).set(0, channels(tensor));
    }
  }

  /** From the last layer to the first, since what a layer needs depends on its output's readers. */
  private void grow() {
    boolean grown = true;
    List<Layer> backwards = new ArrayList<>(graph.layers());
    Collections.reverse(backwards);
    while (grown) {
      grown = false;
      for (Layer layer : backwards) {
        String input = layer.inputs().get(0);
        if (layers.get(layer.name()) instanceof MixedChannels mixed && ranges.containsKey(input)) {
          grown |= grow(mixed, input, layer.outputs().get(0));
        }
      }
    }
  }

  private boolean grow(MixedChannels reader, String input, String output) {
    BitSet set = needed(input);
    int before = set.cardinality();
    IntPredicate outputs = ranges.containsKey(output) ? needed(output)::get : o -> true;
    for (int c = set.nextClearBit(0); c < reader.channels(); c = set.nextClearBit(c + 1)) {
      if (!reader.ignores(c, ranges.get(input), outputs)) {
        set.set(c);
      }
    }
    return set.cardinality() > before;
  }

  /** Keeps more channels where what is needed does not fill whole words. */
  private boolean fillWords() {
    boolean grown = false;
    for (Map.Entry<String, BitSet> entry : needed.entrySet()) {
      BitSet set = entry.getValue();
      int words = Math.max(1, (set.cardinality() + WORD - 1) / WORD);
      int wanted = Math.min(channels(entry.getKey()), words * WORD);
      while (set.cardinality() < wanted) {
        set.set(set.nextClearBit(0));
        grown = true;
      }
    }
    return grown;
  }
}

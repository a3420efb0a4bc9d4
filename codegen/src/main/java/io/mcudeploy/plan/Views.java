package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.Pick;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which tensors are parts of other tensors' memory, so that layers that only move elements need no
 * code: the inputs of a concatenation are written where its output has them, and a slice is read
 * where its input has it.
 *
 * @param parts by tensor; a tensor that is not in it has memory of its own
 */
public record Views(Map<String, Part> parts) {
  /**
   * A place within a tensor's memory.
   *
   * @param whole the tensor
   * @param offset bytes from its start
   */
  public record Part(String whole, int offset) {}

  public Views {
    parts = Map.copyOf(parts);
  }

  /** What the layers of a schedule that have no code say. */
  public static Views of(Schedule schedule) {
    List<Layer> layers = new ArrayList<>();
    for (Step step : schedule.steps()) {
      if (step.kernel().isView() && schedule.chain(step.number()).isEmpty()) {
        layers.add(step.layer());
      }
    }
    return saidBy(schedule.graph(), layers);
  }

  /**
   * What the layers of a network that have no code say.
   *
   * @param kernels one for each layer
   */
  static Views of(QuantizedGraph graph, List<KernelCode> kernels) {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      if (kernels.get(i).isView()) {
        layers.add(graph.layers().get(i));
      }
    }
    return saidBy(graph, layers);
  }

  private static Views saidBy(QuantizedGraph graph, List<Layer> layers) {
    Map<String, Part> parts = new HashMap<>();
    layers.forEach(layer -> parts.putAll(new Move(graph, layer).parts()));
    return new Views(parts);
  }

  /**
   * The layers that need no code, by name. Where two of them want one tensor in different places,
   * the one that would copy more gets it.
   *
   * @param ports whose memory the network's inputs and outputs are
   * @param pinned tensors whose place is not the planner's choice
   */
  static Set<String> possible(QuantizedGraph graph, Ports ports, Set<String> pinned) {
    Set<String> names = new HashSet<>();
    Set<String> taken = new HashSet<>();
    List<Move> moves = new ArrayList<>();
    for (Layer layer : graph.layers()) {
      Move move = new Move(graph, layer);
      if (move.obstacle(ports, pinned).isEmpty()) {
        moves.add(move);
      }
    }
    moves.sort(
        Comparator.comparingInt((Move move) -> -move.bytes())
            .thenComparing(move -> move.layer().name()));
    for (Move move : moves) {
      Set<String> tensors = move.parts().keySet();
      if (tensors.stream().noneMatch(taken::contains)) {
        taken.addAll(tensors);
        names.add(move.layer().name());
      }
    }
    return names;
  }

  /**
   * Why a layer that joins or cuts tensors copies them; empty for other layers.
   *
   * @param pinned tensors whose place is not the planner's choice
   */
  public static Optional<String> whyCopied(
      QuantizedGraph graph, Layer layer, Ports ports, Set<String> pinned) {
    Move move = new Move(graph, layer);
    if (!move.moves()) {
      return Optional.empty();
    }
    if (possible(graph, ports, pinned).contains(layer.name())) {
      return Optional.of("the arena is smaller than with tensors that share memory for longer");
    }
    return move.obstacle(ports, pinned)
        .or(() -> Optional.of("another layer has one of its tensors in place"));
  }

  /** Where a tensor lies: in its own memory or in that of another, which is part of no third. */
  public Part root(String tensor) {
    Part place = new Part(tensor, 0);
    while (parts.containsKey(place.whole())) {
      Part part = parts.get(place.whole());
      place = new Part(part.whole(), place.offset() + part.offset());
    }
    return place;
  }

  /** Whether a tensor shares its memory with parts of it or others. */
  boolean shares(String tensor) {
    return parts.containsKey(tensor)
        || parts.values().stream().anyMatch(part -> part.whole().equals(tensor));
  }

  /** A layer that may do nothing but move elements. */
  private record Move(QuantizedGraph graph, Layer layer) {
    boolean moves() {
      return layer.operator() instanceof Concat
          || layer.operator() instanceof Copy
          || layer.operator() instanceof Pick;
    }

    /** The parts if neighbours stay neighbours; empty if there are none. */
    Map<String, Part> parts() {
      if (layer.operator() instanceof Concat concat) {
        return parts(concat);
      }
      if (layer.operator() instanceof Copy copy && isRun(copy)) {
        return slice(copy.offset());
      }
      if (layer.operator() instanceof Pick pick && isRun(pick)) {
        return slice(pick.starts().get(0));
      }
      return Map.of();
    }

    /** The inputs one behind the other, unless one is there twice. */
    private Map<String, Part> parts(Concat concat) {
      boolean distinct = Set.copyOf(layer.inputs()).size() == layer.inputs().size();
      boolean sameScale = concat.rescales().stream().allMatch(Rescale::isIdentity);
      if (!sameScale || !distinct || concat.outer() > 1) {
        return Map.of();
      }
      Map<String, Part> parts = new LinkedHashMap<>();
      int offset = 0;
      for (String input : layer.inputs()) {
        parts.put(input, new Part(output(), offset));
        offset += graph.tensor(input).bytes();
      }
      return parts;
    }

    private Map<String, Part> slice(int element) {
      String input = layer.inputs().get(0);
      int offset = element * graph.tensor(input).storage().bytes();
      return Map.of(output(), new Part(input, offset));
    }

    private static boolean isRun(Copy copy) {
      int[] extents = copy.output().extents();
      int stride = 1;
      for (int axis = extents.length - 1; axis >= 0; axis--) {
        if (extents[axis] > 1 && copy.inputStrides().get(axis) != stride) {
          return false;
        }
        stride *= extents[axis];
      }
      return true;
    }

    private static boolean isRun(Pick pick) {
      return pick.outer() == 1 && pick.starts().length() == 1;
    }

    private String output() {
      return layer.outputs().get(0);
    }

    int bytes() {
      return graph.tensor(output()).bytes();
    }

    Optional<String> obstacle(Ports ports, Set<String> pinned) {
      Map<String, Part> parts = parts();
      if (parts.isEmpty()) {
        boolean rescales =
            layer.operator() instanceof Concat concat
                && !concat.rescales().stream().allMatch(Rescale::isIdentity);
        return Optional.of(
            rescales ? "the scales differ" : "elements do not stay side by side in memory");
      }
      for (String tensor : parts.keySet()) {
        if (graph.inputs().contains(tensor)
            || (ports == Ports.CALLER && graph.outputs().contains(tensor))) {
          return Optional.of("`" + tensor + "` lies where the caller has it");
        }
      }
      Set<String> tensors = new HashSet<>(layer.inputs());
      tensors.add(output());
      for (String tensor : tensors.stream().sorted().toList()) {
        if (graph.constants().containsKey(tensor)) {
          return Optional.of("`" + tensor + "` is constant");
        }
        if (graph.states().containsKey(tensor) || graph.states().containsValue(tensor)) {
          return Optional.of("`" + tensor + "` is kept from call to call");
        }
        if (pinned.contains(tensor)) {
          return Optional.of("`" + tensor + "` has its place from --place");
        }
      }
      return Optional.empty();
    }
  }
}

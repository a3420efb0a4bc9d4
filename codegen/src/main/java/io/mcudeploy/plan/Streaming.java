package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.RowWise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the layers to run row by row. A cut of the layers into chains and single layers needs as
 * much memory as the worst of its parts, and what a part needs does not depend on the other parts:
 * whatever is alive across its borders is whole. So the best cut of the first layers is found from
 * the best cuts of fewer.
 */
final class Streaming {
  /** Some layers, run as a chain or one by one. */
  private record Part(Optional<Turns> chain, int bytes, long overhead) {}

  /** A cut of the first layers. */
  private record Cut(List<Turns> chains, int bytes, long overhead) {
    static final Comparator<Cut> BY_BYTES =
        Comparator.comparingInt(Cut::bytes).thenComparingLong(Cut::overhead);
    static final Comparator<Cut> BY_OVERHEAD =
        Comparator.comparingLong(Cut::overhead).thenComparingInt(Cut::bytes);

    Cut with(Part part) {
      List<Turns> more = new ArrayList<>(chains);
      part.chain().ifPresent(more::add);
      return new Cut(more, Math.max(bytes, part.bytes()), overhead + part.overhead());
    }
  }

  private final QuantizedGraph graph;
  private final Schedule whole;
  private final MemoryPlanner memory;
  private final List<Integer> starts;
  private final Map<List<Integer>, Optional<Part>> parts = new HashMap<>();

  /**
   * @param kernels for each layer one that computes it as a whole; those of its bands take about as
   *     much scratch
   */
  Streaming(QuantizedGraph graph, List<KernelCode> kernels, Ports ports, MemoryPlanner memory) {
    this(graph, kernels, ports, memory, List.of());
  }

  /**
   * With some chains that are given.
   *
   * @param starts numbers of the first layers of chains that follow each other, and of the layer
   *     behind the last of them
   */
  Streaming(
      QuantizedGraph graph,
      List<KernelCode> kernels,
      Ports ports,
      MemoryPlanner memory,
      List<Integer> starts) {
    this.starts = starts;
    this.graph = graph;
    this.whole = Schedule.of(graph, kernels, ports);
    this.memory = memory;
  }

  /**
   * The chains, in order, each a row a turn, that cost the fewest calls and moves of those with
   * which no layer needs more memory than a limit; if there are none, those that need the least.
   */
  List<Turns> chains(long limit) {
    int least = best(Integer.MAX_VALUE, Cut.BY_BYTES).bytes();
    return best(Math.max(limit, least), Cut.BY_OVERHEAD).chains();
  }

  /** For each number of first layers the least bytes that a cut of them needs, 0 of none. */
  List<Integer> leastBefore() {
    return cuts(Integer.MAX_VALUE, Cut.BY_BYTES).stream()
        .map(cut -> cut.orElseThrow().bytes())
        .toList();
  }

  /** For each number of first layers the least bytes that a cut of the layers behind them needs. */
  List<Integer> leastBehind() {
    int layers = graph.layers().size();
    List<Integer> least = new ArrayList<>(Collections.nCopies(layers + 1, 0));
    for (int first = layers; first >= 1; first--) {
      int best = Integer.MAX_VALUE;
      for (int last = first; last <= layers && (last == first || areRowWise(first, last)); last++) {
        if (least.get(last) < best) {
          int behind = least.get(last);
          int bytes = part(first, last).map(part -> Math.max(behind, part.bytes())).orElse(best);
          best = Math.min(best, bytes);
        }
      }
      least.set(first - 1, best);
    }
    return least;
  }

  /** The smallest cut, in an order, of those within a limit that some cut keeps. */
  private Cut best(long limit, Comparator<Cut> order) {
    return cuts(limit, order).get(graph.layers().size()).orElseThrow();
  }

  /** For each number of first layers the smallest such cut of them. */
  private List<Optional<Cut>> cuts(long limit, Comparator<Cut> order) {
    List<Optional<Cut>> cuts = new ArrayList<>();
    cuts.add(Optional.of(new Cut(List.of(), 0, 0)));
    for (int last = 1; last <= graph.layers().size(); last++) {
      Optional<Cut> best = Optional.empty();
      for (int first = last; first >= 1 && (first == last || areRowWise(first, last)); first--) {
        Optional<Cut> before = cuts.get(first - 1);
        boolean hopeless =
            before.isEmpty() || (best.isPresent() && order.compare(before.get(), best.get()) >= 0);
        Optional<Part> part = hopeless ? Optional.empty() : part(first, last);
        if (part.isPresent() && part.get().bytes() <= limit) {
          Cut candidate = before.orElseThrow().with(part.get());
          if (best.isEmpty() || order.compare(candidate, best.get()) < 0) {
            best = Optional.of(candidate);
          }
        }
      }
      cuts.add(best);
    }
    return cuts;
  }

  private boolean areRowWise(int first, int last) {
    return graph.layers().get(first - 1).operator() instanceof RowWise
        && graph.layers().get(last - 1).operator() instanceof RowWise;
  }

  /** Some layers as a part; empty if they are several and no chain. */
  private Optional<Part> part(int first, int last) {
    return parts.computeIfAbsent(List.of(first, last), key -> measured(first, last));
  }

  private Optional<Part> measured(int first, int last) {
    if (!keepsGivenChains(first, last)) {
      return Optional.empty();
    }
    if (first == last) {
      return Optional.of(part(List.of(), first, last));
    }
    return Turns.of(graph, first, last, 1).map(turns -> part(List.of(turns), first, last));
  }

  private boolean keepsGivenChains(int first, int last) {
    if (starts.isEmpty() || last < starts.get(0) || first >= starts.get(starts.size() - 1)) {
      return true;
    }
    int given = starts.indexOf(first);
    return given >= 0 && given + 1 < starts.size() && starts.get(given + 1) == last + 1;
  }

  private Part part(List<Turns> chains, int first, int last) {
    Schedule schedule = whole.in(chains);
    Occupancy occupancy = memory.occupancy(Lifetimes.of(schedule));
    int bytes = 0;
    for (int layer = first; layer <= last; layer++) {
      bytes = Math.max(bytes, occupancy.during(layer));
    }
    return new Part(
        chains.stream().findFirst(),
        bytes,
        schedule.chains().stream().mapToLong(Chain::overhead).sum());
  }
}

package io.mcudeploy.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Places buffers in the arena so that buffers alive at the same time never overlap, unless an
 * {@link Overlap} lets them, and the arena is small. Every plan comes from an order of the buffers:
 * each in turn goes to the lowest free place. Some order gives the optimum, so for few buffers all
 * orders are searched (with bounds), and for many a handful of good ones, improved by swapping. The
 * search stops as soon as the lower bound is reached, which it nearly always is.
 */
public final class MemoryPlanner {
  private static final int EXACT_BUFFERS = 10;
  private static final int SWAPS = 4000;

  /** For plans of which many are asked for. */
  private static final int QUICK_SWAPS = 1000;

  /** The greedy orders, by what has proven to work: large first, long-lived first, early first. */
  private static final List<Comparator<Buffer>> ORDERS =
      List.of(
          Comparator.comparingInt((Buffer b) -> -b.bytes()),
          Comparator.comparingInt((Buffer b) -> -b.bytes()).thenComparingInt(Buffer::first),
          Comparator.comparingInt((Buffer b) -> b.first() - b.last())
              .thenComparingInt(b -> -b.bytes()),
          Comparator.comparingLong((Buffer b) -> -(long) b.bytes() * (b.last() - b.first() + 1)),
          Comparator.comparingInt(Buffer::first));

  private final int alignment;
  private final Banks banks;

  /** For one memory without a limit. */
  public MemoryPlanner(int alignment) {
    this(alignment, Banks.UNLIMITED);
  }

  /**
   * @param alignment of every buffer, in bytes, a power of two up to 64
   * @param banks where buffers may lie; a plan that they have no room for goes on behind them
   */
  public MemoryPlanner(int alignment, Banks banks) {
    if (Integer.bitCount(alignment) != 1 || alignment > 64) {
      throw new IllegalArgumentException("alignment " + alignment);
    }
    this.alignment = alignment;
    this.banks = banks;
  }

  /** The tensors whose memory is not the planner's choice. */
  Set<String> pinned() {
    return banks.pins().keySet();
  }

  /** A small plan; the same for the same buffers. */
  public MemoryPlan plan(Lifetimes lifetimes) {
    return plan(lifetimes, new Traffic(Map.of()));
  }

  /**
   * A small plan. Where there are several memories, the faster ones hold what is accessed most.
   *
   * @param traffic how often buffers are accessed
   */
  public MemoryPlan plan(Lifetimes lifetimes, Traffic traffic) {
    return plan(lifetimes, traffic, 0);
  }

  /**
   * The first small plan found that is no larger than what is enough, or else the smallest.
   *
   * @param enough bytes, where there is one memory
   */
  MemoryPlan plan(Lifetimes lifetimes, Traffic traffic, long enough) {
    return new Layout(lifetimes.overlaps(), traffic).plan(lifetimes.buffers(), enough);
  }

  /** No plan needs fewer bytes. */
  int lowerBound(Lifetimes lifetimes) {
    Layout layout = new Layout(lifetimes.overlaps(), new Traffic(Map.of()));
    return layout.alive(lifetimes.buffers(), layout.peakLayer(lifetimes.buffers()));
  }

  /** Bytes that are in use during a layer, at least. */
  int alive(Lifetimes lifetimes, int layer) {
    return new Layout(lifetimes.overlaps(), new Traffic(Map.of()))
        .alive(lifetimes.buffers(), layer);
  }

  private static int bytes(List<Placement> placements) {
    return placements.stream().mapToInt(Placement::end).max().orElse(0);
  }

  private int align(int bytes) {
    return (bytes + alignment - 1) & -alignment;
  }

  /** Places the buffers of one network. */
  private final class Layout {
    /** By the buffer that is written; every buffer is written over at most one other. */
    private final Map<Buffer, Overlap> overlaps = new HashMap<>();

    private final Traffic traffic;

    Layout(List<Overlap> overlaps, Traffic traffic) {
      this.traffic = traffic;
      overlaps.forEach(overlap -> this.overlaps.put(overlap.output(), overlap));
    }

    MemoryPlan plan(List<Buffer> buffers, long enough) {
      int peakLayer = peakLayer(buffers);
      int lowerBound = alive(buffers, peakLayer);
      List<Placement> best =
          banks.banks().size() > 1
              ? overBanks(buffers)
              : smallest(buffers, lowerBound, Math.max(lowerBound, enough));
      List<MemoryPlan.Part> parts = banks.parts(best);
      List<Placement> placements =
          best.stream()
              .sorted(
                  Comparator.comparingInt((Placement p) -> p.buffer().first())
                      .thenComparingInt(Placement::offset))
              .toList();
      int bytes = Math.max(parts.stream().mapToInt(MemoryPlan.Part::bytes).sum(), beyond(best));
      return new MemoryPlan(placements, parts, bytes, lowerBound, peakLayer);
    }

    /** All bytes up to the last that is used, for a plan that the banks have no room for. */
    private int beyond(List<Placement> placements) {
      return bytes(placements) > banks.end() ? bytes(placements) : 0;
    }

    private List<Placement> smallest(List<Buffer> buffers, int lowerBound, long enough) {
      List<Placement> best = List.of();
      int bestBytes = Integer.MAX_VALUE;
      for (Comparator<Buffer> order : ORDERS) {
        List<Placement> candidate = place(buffers.stream().sorted(order).toList());
        int bytes = bytes(candidate);
        if (bytes < bestBytes) {
          best = candidate;
          bestBytes = bytes;
        }
      }
      if (bestBytes > enough) {
        best =
            buffers.size() <= EXACT_BUFFERS
                ? new Search(enough, best).run(buffers)
                : improve(best, enough, enough > lowerBound ? QUICK_SWAPS : SWAPS);
      }
      return best;
    }

    /** A plan that fits if one is found, and of these the one with the least slow accesses. */
    private List<Placement> overBanks(List<Buffer> buffers) {
      Comparator<List<Placement>> better =
          Comparator.<List<Placement>>comparingInt(this::beyond)
              .thenComparingLong(this::slowAccesses)
              .thenComparingInt(MemoryPlanner::bytes);
      List<Comparator<Buffer>> orders = new ArrayList<>(ORDERS);
      orders.add(
          Comparator.comparingDouble(buffer -> -(double) traffic.of(buffer) / buffer.bytes()));
      List<Placement> best =
          orders.stream()
              .map(order -> place(buffers.stream().sorted(order).toList()))
              .min(better)
              .orElseThrow();
      Random random = new Random(buffers.size());
      List<Buffer> order = new ArrayList<>(best.stream().map(Placement::buffer).toList());
      for (int i = 0; i < SWAPS && !order.isEmpty(); i++) {
        int a = random.nextInt(order.size());
        int b = random.nextInt(order.size());
        Collections.swap(order, a, b);
        List<Placement> candidate = place(order);
        if (better.compare(candidate, best) <= 0) {
          best = candidate;
        } else {
          Collections.swap(order, a, b);
        }
      }
      return best;
    }

    /** Accesses of each buffer, times the number of memories that are faster than its own. */
    private long slowAccesses(List<Placement> placements) {
      return placements.stream()
          .mapToLong(p -> traffic.of(p.buffer()) * banks.of(p.offset()))
          .sum();
    }

    private List<Placement> place(List<Buffer> order) {
      List<Placement> placed = new ArrayList<>();
      for (Buffer buffer : order) {
        placed.add(lowest(buffer, placed));
      }
      return placed;
    }

    /** The lowest place where the buffer meets none of those placed. */
    private Placement lowest(Buffer buffer, List<Placement> placed) {
      List<Placement> alive = new ArrayList<>();
      for (Placement other : placed) {
        if (other.buffer().meets(buffer)) {
          alive.add(other);
        }
      }
      Placement candidate = new Placement(buffer, banks.admit(buffer, 0));
      boolean moved = true;
      while (moved) {
        moved = false;
        for (Placement other : alive) {
          int free = free(candidate, other);
          if (free > candidate.offset()) {
            candidate = new Placement(buffer, banks.admit(buffer, free));
            moved = true;
          }
        }
      }
      return candidate;
    }

    /**
     * The lowest offset from a candidate's on at which it and a buffer that is in use at the same
     * time can be together.
     */
    private int free(Placement candidate, Placement other) {
      if (!other.overlaps(candidate)) {
        return candidate.offset();
      }
      Optional<Overlap> over = overlap(candidate.buffer(), other.buffer());
      if (over.isPresent() && over.get().allows(candidate, other)) {
        return candidate.offset();
      }
      return overlap(other.buffer(), candidate.buffer())
          .map(under -> Math.max(candidate.offset(), align(other.offset() + under.lead())))
          .orElse(align(other.end()));
    }

    private Optional<Overlap> overlap(Buffer output, Buffer input) {
      return Optional.ofNullable(overlaps.get(output))
          .filter(overlap -> overlap.input().equals(input));
    }

    /** Swaps two buffers of the order again and again, keeping what does not make it worse. */
    private List<Placement> improve(List<Placement> start, long enough, int swaps) {
      Random random = new Random(start.size());
      List<Placement> best = start;
      List<Buffer> order = new ArrayList<>(start.stream().map(Placement::buffer).toList());
      for (int i = 0; i < swaps && bytes(best) > enough; i++) {
        int a = random.nextInt(order.size());
        int b = random.nextInt(order.size());
        Collections.swap(order, a, b);
        List<Placement> candidate = place(order);
        if (bytes(candidate) <= bytes(best)) {
          best = candidate;
        } else {
          Collections.swap(order, a, b);
        }
      }
      return best;
    }

    private int peakLayer(List<Buffer> buffers) {
      int peakLayer = 0;
      for (Buffer buffer : buffers) {
        // The number of bytes alive only grows where some buffer starts.
        if (peakLayer == 0 || alive(buffers, buffer.first()) > alive(buffers, peakLayer)) {
          peakLayer = buffer.first();
        }
      }
      return peakLayer;
    }

    /** Bytes alive during a layer: a bound for every plan, since all but the last are aligned. */
    private int alive(List<Buffer> buffers, int layer) {
      int sum = 0;
      int largestPadding = 0;
      for (Buffer buffer : buffers) {
        if (buffer.first() <= layer && layer <= buffer.last()) {
          sum += align(buffer.bytes());
          largestPadding = Math.max(largestPadding, align(buffer.bytes()) - buffer.bytes());
          Overlap overlap = overlaps.get(buffer);
          if (overlap != null && layer <= overlap.input().last()) {
            int apart = align(buffer.bytes()) + align(overlap.input().bytes());
            sum -= Math.max(0, apart - overlap.bytes());
          }
        }
      }
      return sum - largestPadding;
    }

    /** Depth-first over all orders, cut where the part is already no better than the best whole. */
    private final class Search {
      private static final int NODES = 200_000;

      private final long enough;
      private List<Placement> best;
      private int nodes;

      Search(long enough, List<Placement> best) {
        this.enough = enough;
        this.best = best;
      }

      List<Placement> run(List<Buffer> buffers) {
        extend(new ArrayList<>(), new ArrayList<>(buffers));
        return best;
      }

      private void extend(List<Placement> placed, List<Buffer> rest) {
        nodes++;
        if (rest.isEmpty()) {
          best = List.copyOf(placed);
          return;
        }
        for (int i = 0; i < rest.size(); i++) {
          if (bytes(best) <= enough || nodes > NODES) {
            return;
          }
          Buffer next = rest.remove(i);
          Placement placement = lowest(next, placed);
          if (placement.end() < bytes(best)) {
            placed.add(placement);
            extend(placed, rest);
            placed.remove(placed.size() - 1);
          }
          rest.add(i, next);
        }
      }
    }
  }
}

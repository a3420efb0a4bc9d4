package io.mcudeploy.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The search for the places of some buffers. Buffers are numbers here and places arrays, since tens
 * of thousands of layouts are made for a network that hardly fits.
 */
final class ArenaLayout {
  private static final int EXACT_BUFFERS = 10;
  private static final int SWAPS = 4000;

  /** For plans of which many are asked for. */
  private static final int QUICK_SWAPS = 1000;

  /** The offset of a buffer that has no place yet. */
  private static final int NOWHERE = -1;

  private static final int NONE = -1;

  /** The greedy orders, by what has proven to work: large first, long-lived first, early first. */
  private static final List<Comparator<Buffer>> ORDERS =
      List.of(
          Comparator.comparingInt((Buffer b) -> -b.bytes()),
          Comparator.comparingInt((Buffer b) -> -b.bytes()).thenComparingInt(Buffer::first),
          Comparator.comparingInt((Buffer b) -> b.first() - b.last())
              .thenComparingInt(b -> -b.bytes()),
          Comparator.comparingLong((Buffer b) -> -(long) b.bytes() * (b.last() - b.first() + 1)),
          Comparator.comparingInt(Buffer::first));

  /**
   * A layout and the order of the buffers that led to it.
   *
   * @param bytes up to the last that is used
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, and made too often to be copied
  private record Layout(int[] order, int[] offsets, int bytes) {}

  private final int alignment;
  private final Banks banks;
  private final List<Buffer> buffers;
  private final int[] bytes;

  /** By buffer: the number of the bank it has to lie in, or {@link #NONE}. */
  private final int[] pins;

  /** By buffer: those that are in use at the same time. */
  private final int[][] meeting;

  /** By buffer: the one that it may be written over, or {@link #NONE}, and by which lead. */
  private final int[] inputs;

  private final int[] leads;

  ArenaLayout(Lifetimes lifetimes, int alignment, Banks banks) {
    this.alignment = alignment;
    this.banks = banks;
    this.buffers = lifetimes.buffers();
    int count = buffers.size();
    this.bytes = buffers.stream().mapToInt(Buffer::bytes).toArray();
    this.pins = buffers.stream().mapToInt(banks::pin).toArray();
    this.meeting =
        IntStream.range(0, count)
            .mapToObj(
                buffer ->
                    IntStream.range(0, count)
                        .filter(i -> i != buffer && buffers.get(i).meets(buffers.get(buffer)))
                        .toArray())
            .toArray(int[][]::new);
    this.inputs = new int[count];
    this.leads = new int[count];
    Arrays.fill(inputs, NONE);
    Map<Buffer, Integer> numbers = new HashMap<>();
    buffers.forEach(buffer -> numbers.put(buffer, numbers.size()));
    for (Overlap overlap : lifetimes.overlaps()) {
      int output = numbers.get(overlap.output());
      inputs[output] = numbers.get(overlap.input());
      leads[output] = overlap.lead();
    }
  }

  private int align(int offset) {
    return (offset + alignment - 1) & -alignment;
  }

  /**
   * The first layout found that is no larger than what is enough, or else the smallest; over
   * several banks one that fits if one is found, and unless that is enough the one of these with
   * the least slow accesses.
   *
   * @param enough bytes, or 0 for the best layout that can be found
   */
  MemoryPlan plan(Traffic traffic, long enough, Occupancy occupancy) {
    int lowerBound = occupancy.peak();
    Layout best =
        banks.banks().size() > 1
            ? overBanks(traffic, enough)
            : smallest(lowerBound, Math.max(lowerBound, enough));
    List<Placement> placements =
        IntStream.of(best.order())
            .mapToObj(buffer -> new Placement(buffers.get(buffer), best.offsets()[buffer]))
            .sorted(
                Comparator.comparingInt((Placement p) -> p.buffer().first())
                    .thenComparingInt(Placement::offset))
            .toList();
    List<MemoryPlan.Part> parts = banks.parts(placements);
    int size = Math.max(parts.stream().mapToInt(MemoryPlan.Part::bytes).sum(), beyond(best));
    return new MemoryPlan(placements, parts, size, lowerBound, occupancy.peakLayer());
  }

  /** All bytes up to the last that is used, for a layout that the banks have no room for. */
  private int beyond(Layout layout) {
    return layout.bytes() > banks.end() ? layout.bytes() : 0;
  }

  private Layout smallest(int lowerBound, long enough) {
    Layout best =
        ORDERS.stream()
            .map(this::inOrder)
            .min(Comparator.comparingInt(Layout::bytes))
            .orElseThrow();
    if (best.bytes() <= enough) {
      return best;
    }
    if (buffers.size() <= EXACT_BUFFERS) {
      return new Search(enough, best).run();
    }
    return improved(
        best,
        enough > lowerBound ? QUICK_SWAPS : SWAPS,
        layout -> layout.bytes() <= enough,
        Comparator.comparingInt(Layout::bytes));
  }

  private Layout overBanks(Traffic traffic, long enough) {
    long[] accesses = buffers.stream().mapToLong(traffic::of).toArray();
    Comparator<Layout> better =
        Comparator.comparingInt(this::beyond)
            .thenComparingLong(layout -> slowAccesses(layout, accesses))
            .thenComparingInt(Layout::bytes);
    List<Comparator<Buffer>> orders = new ArrayList<>(ORDERS);
    orders.add(Comparator.comparingDouble(buffer -> -(double) traffic.of(buffer) / buffer.bytes()));
    Layout best = orders.stream().map(this::inOrder).min(better).orElseThrow();
    return enough == 0
        ? improved(best, SWAPS, layout -> false, better)
        : improved(best, QUICK_SWAPS, layout -> beyond(layout) == 0, better);
  }

  /** Accesses of each buffer, times the number of memories that are faster than its own. */
  private long slowAccesses(Layout layout, long[] accesses) {
    long slow = 0;
    for (int buffer = 0; buffer < accesses.length; buffer++) {
      slow += accesses[buffer] * banks.of(layout.offsets()[buffer]);
    }
    return slow;
  }

  private Layout inOrder(Comparator<Buffer> order) {
    int[] numbers =
        IntStream.range(0, buffers.size())
            .boxed()
            .sorted((a, b) -> order.compare(buffers.get(a), buffers.get(b)))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] offsets = new int[buffers.size()];
    Arrays.fill(offsets, NOWHERE);
    return place(numbers, 0, offsets);
  }

  /**
   * Gives the buffers from a position of the order on the lowest places they can have.
   *
   * @param offsets of the buffers before that position, {@link #NOWHERE} of the others
   */
  private Layout place(int[] order, int from, int[] offsets) {
    for (int i = from; i < order.length; i++) {
      offsets[order[i]] = lowest(order[i], offsets);
    }
    int end = 0;
    for (int buffer : order) {
      end = Math.max(end, offsets[buffer] + bytes[buffer]);
    }
    return new Layout(order, offsets, end);
  }

  /** The lowest offset where a buffer meets none of those placed. */
  private int lowest(int buffer, int[] offsets) {
    int candidate = banks.admit(bytes[buffer], pins[buffer], 0);
    boolean moved = true;
    while (moved) {
      moved = false;
      for (int other : meeting[buffer]) {
        if (offsets[other] != NOWHERE) {
          int free = free(buffer, candidate, other, offsets[other]);
          if (free > candidate) {
            candidate = banks.admit(bytes[buffer], pins[buffer], free);
            moved = true;
          }
        }
      }
    }
    return candidate;
  }

  /**
   * The lowest offset from a candidate's on at which it and a buffer that is in use at the same
   * time can be together.
   */
  private int free(int buffer, int candidate, int other, int offset) {
    int end = offset + bytes[other];
    if (offset >= candidate + bytes[buffer] || candidate >= end) {
      return candidate;
    }
    if (inputs[buffer] == other && candidate + leads[buffer] <= offset) {
      return candidate;
    }
    return inputs[other] == buffer ? Math.max(candidate, align(offset + leads[other])) : align(end);
  }

  /** Swaps two buffers of the order again and again, keeping what does not make it worse. */
  private Layout improved(
      Layout start, int swaps, Predicate<Layout> isEnough, Comparator<Layout> better) {
    int count = buffers.size();
    Random random = new Random(count);
    Layout best = start;
    for (int i = 0; i < swaps && count > 0 && !isEnough.test(best); i++) {
      int a = random.nextInt(count);
      int b = random.nextInt(count);
      int[] order = best.order().clone();
      order[a] = best.order()[b];
      order[b] = best.order()[a];
      // What comes before both keeps its place.
      int from = Math.min(a, b);
      int[] offsets = best.offsets().clone();
      for (int position = from; position < count; position++) {
        offsets[order[position]] = NOWHERE;
      }
      Layout candidate = place(order, from, offsets);
      if (better.compare(candidate, best) <= 0) {
        best = candidate;
      }
    }
    return best;
  }

  /** Depth-first over all orders, cut where the part is already no better than the best whole. */
  private final class Search {
    private static final int NODES = 200_000;

    private final long enough;
    private final int[] order = new int[buffers.size()];
    private final int[] offsets = new int[buffers.size()];
    private Layout best;
    private int nodes;

    Search(long enough, Layout best) {
      this.enough = enough;
      this.best = best;
      Arrays.fill(offsets, NOWHERE);
    }

    Layout run() {
      extend(0, 0);
      return best;
    }

    private void extend(int placed, int end) {
      nodes++;
      if (placed == order.length) {
        best = new Layout(order.clone(), offsets.clone(), end);
        return;
      }
      for (int next = 0; next < order.length; next++) {
        if (best.bytes() <= enough || nodes > NODES) {
          return;
        }
        if (offsets[next] == NOWHERE) {
          int offset = lowest(next, offsets);
          int newEnd = Math.max(end, offset + bytes[next]);
          if (offset + bytes[next] < best.bytes()) {
            order[placed] = next;
            offsets[next] = offset;
            extend(placed + 1, newEnd);
            offsets[next] = NOWHERE;
          }
        }
      }
    }
  }
}

package io.mcudeploy.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The order of layers with the least peak. What is alive depends only on the set of layers that
 * have run, so the search goes over sets, not orders: always from the set reached with the least
 * peak so far, which makes the first complete set optimal. A layer that leaves no more alive than
 * it found, within the peak so far, is run at once: whatever comes before it in some best order may
 * as well come after it.
 *
 * <p>Networks for microcontrollers have few such sets. Where the search would take too long, the
 * search keeps the most promising {@value #BEAM} sets of each size; the least peak that it had not
 * ruled out until then is the bound.
 *
 * @param order indices of layers, in the order they run
 * @param peak the most bytes alive at one layer in this order
 * @param bound no order has a smaller peak
 */
public record LayerOrder(List<Integer> order, long peak, long bound) {
  /** Sets that the exact search may look at, times layers: a second or two. */
  private static final long WORK = 2_000_000;

  private static final int BEAM = 100;

  public LayerOrder {
    order = List.copyOf(order);
  }

  /** The order for a network with these kernels; as near to its own as the peak allows. */
  public static LayerOrder of(Liveness liveness) {
    int layers = liveness.layers();
    List<Integer> given = IntStream.range(0, layers).boxed().toList();
    Progress start = Progress.start(liveness);
    Progress end = start;
    for (int layer : given) {
      end = end.after(liveness, layer);
    }
    long limit = Math.max(1000, WORK / Math.max(1, layers));
    Exact exact = Exact.search(liveness, start, limit);
    if (exact.bound() >= end.peak()) {
      return new LayerOrder(given, end.peak(), end.peak());
    }
    Progress best = exact.found().orElseGet(() -> beam(liveness, start));
    if (best.peak() >= end.peak()) {
      return new LayerOrder(given, end.peak(), exact.bound());
    }
    List<Integer> order = nearest(liveness, start, best.peak(), limit).orElseGet(best::order);
    return new LayerOrder(order, best.peak(), exact.bound());
  }

  /**
   * Some layers that have run.
   *
   * @param alive bytes of what they have left to be read
   * @param peak the most bytes alive at one of them
   * @param last which of them ran last; -1 for none
   */
  private record Progress(BitSet done, long alive, long peak, int last, Optional<Progress> before) {
    static Progress start(Liveness liveness) {
      return new Progress(new BitSet(), liveness.atStart(), 0, -1, Optional.empty());
    }

    Progress after(Liveness liveness, int layer) {
      BitSet more = (BitSet) done.clone();
      more.set(layer);
      return new Progress(
          more,
          alive + liveness.growth(done, layer),
          Math.max(peak, alive + liveness.demand(done, layer)),
          layer,
          Optional.of(this));
    }

    int count() {
      return done.cardinality();
    }

    List<Integer> order() {
      List<Integer> order = new ArrayList<>();
      Progress at = this;
      while (at.before.isPresent()) {
        order.add(0, at.last);
        at = at.before.get();
      }
      return order;
    }

    /** What may come next: everything that is ready, or one layer that cannot be a mistake. */
    List<Progress> next(Liveness liveness) {
      List<Progress> list = new ArrayList<>();
      for (int layer : liveness.ready(done)) {
        Progress progress = after(liveness, layer);
        if (progress.peak == peak && progress.alive <= alive) {
          return List.of(progress);
        }
        list.add(progress);
      }
      return list;
    }
  }

  /**
   * The outcome of the exact search.
   *
   * @param found an order of the least peak, unless the search was given up
   * @param bound no order has a smaller peak
   */
  private record Exact(Optional<Progress> found, long bound) {
    static Exact search(Liveness liveness, Progress start, long limit) {
      PriorityQueue<Progress> open =
          new PriorityQueue<>(
              Comparator.comparingLong(Progress::peak)
                  .thenComparingInt(progress -> -progress.count())
                  .thenComparingLong(Progress::alive)
                  .thenComparingInt(Progress::last));
      Set<BitSet> seen = new HashSet<>();
      open.add(start);
      while (true) {
        Progress progress = open.remove();
        if (progress.count() == liveness.layers()) {
          return new Exact(Optional.of(progress), progress.peak());
        }
        if (seen.size() > limit) {
          return new Exact(Optional.empty(), progress.peak());
        }
        if (seen.add(progress.done())) {
          open.addAll(progress.next(liveness));
        }
      }
    }
  }

  private static Progress beam(Liveness liveness, Progress start) {
    List<Progress> beam = List.of(start);
    for (int count = 0; count < liveness.layers(); count++) {
      Set<BitSet> seen = new HashSet<>();
      beam =
          beam.stream()
              .flatMap(progress -> progress.next(liveness).stream())
              .sorted(Comparator.comparingLong(Progress::peak).thenComparingLong(Progress::alive))
              .filter(progress -> seen.add(progress.done()))
              .limit(BEAM)
              .toList();
    }
    return beam.get(0);
  }

  /** The first order in the sense of a dictionary within a peak, so that little is moved about. */
  private static Optional<List<Integer>> nearest(
      Liveness liveness, Progress start, long peak, long limit) {
    Set<BitSet> deadEnds = new HashSet<>();
    Progress at = start;
    while (at.count() < liveness.layers()) {
      Optional<Progress> next = Optional.empty();
      for (int layer : liveness.ready(at.done())) {
        Progress progress = at.after(liveness, layer);
        if (progress.peak() <= peak && !deadEnds.contains(progress.done())) {
          next = Optional.of(progress);
          break;
        }
      }
      if (next.isPresent()) {
        at = next.get();
      } else if (deadEnds.size() > limit || at.before().isEmpty()) {
        return Optional.empty();
      } else {
        deadEnds.add(at.done());
        at = at.before().get();
      }
    }
    return Optional.of(at.order());
  }
}

package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.RowWise;
import io.mcudeploy.quantized.operators.Copy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds layers whose line buffers are worth cutting into {@link Stripes}. What the layers before
 * and behind them need is known from the chains without stripes; what they need themselves is
 * estimated by their widest stripe and the tensors that are whole around it.
 */
final class StripeSearch {
  private static final int MOST_STRIPES = 8;

  /** Estimated instructions to copy a byte into a stripe, or from it. */
  private static final long COPY_COST = 5;

  /**
   * Layers in stripes.
   *
   * @param bytes that the network then needs, about
   * @param overhead instructions that it then takes more, about
   */
  private record Found(Stripes stripes, long bytes, long overhead) {}

  private final QuantizedGraph graph;
  private final List<KernelCode> kernels;
  private final Streaming streaming;
  private final List<Buffer> whole;

  /**
   * @param kernels for each layer one that computes it as a whole
   * @param streaming of the same network and kernels
   */
  StripeSearch(QuantizedGraph graph, List<KernelCode> kernels, Ports ports, Streaming streaming) {
    this.graph = graph;
    this.kernels = kernels;
    this.streaming = streaming;
    this.whole = Lifetimes.of(Schedule.of(graph, kernels, ports)).buffers();
  }

  /**
   * Ways to cut some layers into stripes that may keep a limit, to try in this order: those that
   * cost the fewest instructions among those that leave some and more room for what estimates do
   * not see, then the one that needs the least.
   */
  List<Stripes> candidates(long limit) {
    List<Found> all = all(limit);
    Set<Stripes> candidates = new LinkedHashSet<>();
    for (int margin = 16; margin >= 4; margin /= 2) {
      long bound = limit - limit / margin;
      all.stream()
          .filter(found -> found.bytes() <= bound)
          .min(Comparator.comparingLong(Found::overhead).thenComparingLong(Found::bytes))
          .ifPresent(found -> candidates.add(found.stripes()));
    }
    least(all).ifPresent(candidates::add);
    return List.copyOf(candidates);
  }

  /** The way that needs the least, if it may need less than a bound. */
  Optional<Stripes> least(long bound) {
    return least(all(bound - 1));
  }

  private static Optional<Stripes> least(List<Found> some) {
    return some.stream()
        .min(Comparator.comparingLong(Found::bytes).thenComparingLong(Found::overhead))
        .map(Found::stripes);
  }

  /** All that may need no more than a bound. */
  private List<Found> all(long bound) {
    List<Integer> before = streaming.leastBefore();
    List<Integer> behind = streaming.leastBehind();
    int layers = kernels.size();
    List<Found> all = new ArrayList<>();
    for (int first = 1; first <= layers && before.get(first - 1) <= bound; first++) {
      long alive = alive(first);
      for (int last = first; last <= layers && isRowWise(last); last++) {
        long around = Math.max(before.get(first - 1), behind(last, behind.get(last)));
        if (around <= bound && alive + outputBytes(last) <= bound) {
          addAll(all, first, last, Math.max(around, alive), bound);
        }
      }
    }
    return all;
  }

  private void addAll(List<Found> all, int first, int last, long around, long bound) {
    for (int count = 2; count <= MOST_STRIPES; count++) {
      Optional<Stripes> stripes = Stripes.of(graph, first, last, count);
      if (stripes.isEmpty()) {
        return;
      }
      QuantizedGraph widest = stripes.get().widest();
      Optional<Turns> turns = Turns.of(widest, 1, widest.layers().size(), 1);
      if (turns.isEmpty()) {
        return;
      }
      long lines = lines(widest, turns.get(), first);
      long bytes = Math.max(around, alive(first) + outputBytes(last) + lines);
      if (bytes <= bound) {
        all.add(new Found(stripes.get(), bytes, overhead(stripes.get(), widest)));
      }
    }
  }

  /** Line buffers and scratch of a stripe: what stays from turn to turn, and the most besides. */
  private long lines(QuantizedGraph stripe, Turns turns, int first) {
    List<Layer> layers = stripe.layers();
    long staying = 0;
    long[] passing = new long[layers.size()];
    int next = first - 1;
    for (int i = 0; i < layers.size(); i++) {
      if (!(layers.get(i).operator() instanceof Copy)) {
        passing[i] += kernels.get(next).scratchBytes();
        next++;
      }
      String tensor = layers.get(i).outputs().get(0);
      if (turns.inner().contains(tensor)) {
        int bytes = stripe.tensor(tensor).bytes() / turns.height(tensor) * turns.mostRows(tensor);
        if (turns.staysBetweenTurns(tensor)) {
          staying += bytes;
        } else {
          List<Integer> readers = turns.readers(tensor);
          for (int layer = i; layer <= readers.get(readers.size() - 1); layer++) {
            passing[layer] += bytes;
          }
        }
      }
    }
    return staying + Arrays.stream(passing).max().orElse(0);
  }

  private boolean isRowWise(int number) {
    return graph.layers().get(number - 1).operator() instanceof RowWise;
  }

  /** Bytes that exist before a layer and are still read from it on. */
  private long alive(int number) {
    return whole.stream()
        .filter(buffer -> buffer.first() < number && buffer.last() >= number)
        .mapToLong(Buffer::bytes)
        .sum();
  }

  private long outputBytes(int number) {
    return graph.tensor(graph.layers().get(number - 1).outputs().get(0)).bytes();
  }

  /** What the layers behind stripes need, whose output comes in pieces: rows of it, or all. */
  private long behind(int last, long bytes) {
    long output = outputBytes(last);
    return last < kernels.size() && isRowWise(last + 1)
        ? bytes
        : Math.max(bytes + output, 2 * output);
  }

  private long overhead(Stripes stripes, QuantizedGraph stripe) {
    long cost = 0;
    long macs = 0;
    for (int number = stripes.first(); number <= stripes.last(); number++) {
      cost += kernels.get(number - 1).cost();
      macs += graph.layers().get(number - 1).operator().macs();
    }
    long inputs = stripe.inputs().stream().mapToLong(name -> stripe.tensor(name).bytes()).sum();
    return cost * stripes.macsAgain() / Math.max(1, macs)
        + COPY_COST * (inputs + outputBytes(stripes.last()));
  }
}

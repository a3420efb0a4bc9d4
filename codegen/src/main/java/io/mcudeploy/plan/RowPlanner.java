package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans a network of which some layers run row by row. */
final class RowPlanner {
  /** One of the kernels to choose: layer and band by index. */
  private record Choice(int layer, int band) {}

  /**
   * A plan and what else could be chosen.
   *
   * @param variants by layer and band, the fastest first
   */
  private record Candidate(Plan plan, List<Turns> chains, List<List<List<KernelCode>>> variants) {
    QuantizedGraph graph() {
      return plan.schedule().graph();
    }

    List<KernelCode> variants(Choice choice) {
      return variants.get(choice.layer()).get(choice.band());
    }

    KernelCode kernel(Choice choice) {
      return plan.schedule().steps().get(choice.layer()).kernels().get(choice.band());
    }

    /** The kernels by layer and band with another choice. */
    List<List<KernelCode>> kernelsWith(Choice choice, KernelCode kernel) {
      List<List<KernelCode>> kernels =
          new ArrayList<>(plan.schedule().steps().stream().map(Step::kernels).toList());
      List<KernelCode> bands = new ArrayList<>(kernels.get(choice.layer()));
      bands.set(choice.band(), kernel);
      kernels.set(choice.layer(), bands);
      return kernels;
    }
  }

  /**
   * A network of which some layers need no code.
   *
   * @param views their names
   */
  private record Network(QuantizedGraph graph, Set<String> views) {}

  /**
   * Buffers to place.
   *
   * @param enough as of {@link #candidate}
   */
  private record Question(Lifetimes lifetimes, long enough) {}

  private final CoreKernels kernels;
  private final Ports ports;
  private final MemoryPlanner memory;
  private final Map<Network, Streaming> streamings = new HashMap<>();

  /** Many choices leave the buffers as they are. */
  private final Map<Question, MemoryPlan> plans = new HashMap<>();

  RowPlanner(CoreKernels kernels, Ports ports, MemoryPlanner memory) {
    this.kernels = kernels;
    this.ports = ports;
    this.memory = memory;
  }

  /**
   * The fastest plan found within limits, or for the goal RAM within the fewest bytes that do
   * without computing anything twice; if there is none, the smallest. Layers run in stripes, with
   * columns computed twice, only if nothing fits otherwise.
   *
   * @param whole the smallest plan in which every layer runs as a whole
   */
  Plan plan(Plan whole, Goal goal, long ramBytes, long flashBytes) {
    Set<String> views =
        whole.schedule().steps().stream()
            .filter(step -> step.kernel().isView())
            .map(step -> step.layer().name())
            .collect(Collectors.toSet());
    long wanted = goal == Goal.RAM ? 0 : ramBytes;
    Candidate best = cut(whole, views, wanted);
    if (!views.isEmpty() && best.plan().arenaBytes() > wanted) {
      // A chain may end where tensors share memory, which copies keep short.
      Candidate copies = cut(whole, Set.of(), wanted);
      if (copies.plan().arenaBytes() < best.plan().arenaBytes()) {
        best = copies;
        views = Set.of();
      }
    }
    if (best.plan().arenaBytes() > ramBytes) {
      best = inStripes(best, whole, views, ramBytes);
      wanted = ramBytes;
    }
    if (best.plan().arenaBytes() <= ramBytes) {
      long ramLimit = Math.max(wanted, best.plan().arenaBytes());
      best = fastest(best, ramLimit, flashBytes);
      for (int chain = 0; chain < best.chains().size(); chain++) {
        best = fewerTurns(best, views, chain, ramLimit, flashBytes);
      }
    }
    return candidate(best.plan().schedule(), best.chains(), best.variants(), 0).plan();
  }

  /** The first plan with layers in stripes that fits, or else the smallest. */
  private Candidate inStripes(Candidate without, Plan whole, Set<String> views, long ramBytes) {
    QuantizedGraph network = whole.schedule().graph();
    StripeSearch search =
        new StripeSearch(network, kernels(network, views), ports, streaming(network, views));
    Candidate best = without;
    for (Stripes stripes : search.candidates(ramBytes)) {
      best = smaller(best, inStripes(stripes, views, ramBytes));
      if (best.plan().arenaBytes() <= ramBytes) {
        return best;
      }
    }
    Optional<Stripes> least = search.least(best.plan().arenaBytes());
    return least.isEmpty() ? best : smaller(best, inStripes(least.get(), views, ramBytes));
  }

  private Candidate inStripes(Stripes stripes, Set<String> views, long ramBytes) {
    QuantizedGraph graph = stripes.whole();
    Streaming streaming =
        new Streaming(graph, kernels(graph, views), ports, memory, stripes.starts());
    return smallest(graph, views, streaming.chains(0), ramBytes);
  }

  /** The one that takes less memory, or else the first. */
  private static Candidate smaller(Candidate one, Candidate other) {
    return other.plan().arenaBytes() < one.plan().arenaBytes() ? other : one;
  }

  private Streaming streaming(QuantizedGraph graph, Set<String> views) {
    return streamings.computeIfAbsent(
        new Network(graph, views),
        key -> new Streaming(graph, kernels(graph, views), ports, memory));
  }

  /** The smallest kernel of each layer as a whole. */
  private List<KernelCode> kernels(QuantizedGraph graph, Set<String> views) {
    return graph.layers().stream()
        .map(
            layer ->
                views.contains(layer.name())
                    ? KernelCode.view()
                    : Planner.smallest(kernels.variants(layer.operator())))
        .toList();
  }

  /** The plan with the smallest kernels and the chains found for a limit, or for the least. */
  private Candidate cut(Plan whole, Set<String> views, long ramBytes) {
    QuantizedGraph graph = whole.schedule().graph();
    Streaming streaming = streaming(graph, views);
    Candidate best = smallest(graph, views, streaming.chains(ramBytes), 0);
    if (best.plan().arenaBytes() > ramBytes && ramBytes > 0) {
      // Chains are found by what is alive; buffers may need more.
      Candidate least = smallest(graph, views, streaming.chains(0), 0);
      best = least.plan().arenaBytes() < best.plan().arenaBytes() ? least : best;
    }
    return best;
  }

  /**
   * The plan with the smallest kernels.
   *
   * @param views names of layers that need no code where they run as a whole
   * @param enough as of {@link #candidate}
   */
  private Candidate smallest(
      QuantizedGraph graph, Set<String> views, List<Turns> chains, long enough) {
    List<List<List<KernelCode>>> variants = new ArrayList<>();
    for (int number = 1; number <= graph.layers().size(); number++) {
      int layer = number;
      boolean whole = chains.stream().noneMatch(turns -> turns.contains(layer));
      variants.add(
          whole && views.contains(graph.layers().get(number - 1).name())
              ? List.of(List.of(KernelCode.view()))
              : bands(graph, chains, number).stream().map(kernels::variants).toList());
    }
    List<List<KernelCode>> kernels =
        variants.stream().map(layer -> layer.stream().map(Planner::smallest).toList()).toList();
    return candidate(Schedule.of(graph, kernels, ports, chains), chains, variants, enough);
  }

  /** The operators whose kernels compute a layer: itself, or its bands in a chain. */
  private static List<? extends IntegerOperator> bands(
      QuantizedGraph graph, List<Turns> chains, int number) {
    for (Turns turns : chains) {
      if (turns.contains(number)) {
        return turns.bands(number - turns.first());
      }
    }
    return List.of(graph.layers().get(number - 1).operator());
  }

  /**
   * A candidate with its memory planned.
   *
   * @param enough bytes, or 0 for a plan as small as can be found
   */
  private Candidate candidate(
      Schedule schedule, List<Turns> chains, List<List<List<KernelCode>>> variants, long enough) {
    Lifetimes lifetimes = Lifetimes.of(schedule);
    Traffic traffic = Traffic.of(schedule);
    MemoryPlan places =
        enough == 0
            ? memory.plan(lifetimes, traffic)
            : plans.computeIfAbsent(
                new Question(lifetimes, enough), key -> memory.plan(lifetimes, traffic, enough));
    return new Candidate(new Plan(schedule, places), chains, variants);
  }

  /** Lets a chain compute more rows a turn while that keeps the limits, if it saves anything. */
  private Candidate fewerTurns(
      Candidate start, Set<String> views, int chain, long ramLimit, long flashBytes) {
    Candidate best = start;
    Turns turns = start.chains().get(chain);
    while (turns.count() > 1) {
      turns = turns.withRowsPerTurn(2 * turns.rowsPerTurn());
      List<Turns> chains = new ArrayList<>(start.chains());
      chains.set(chain, turns);
      Candidate more = smallest(start.graph(), views, chains, ramLimit);
      if (more.plan().arenaBytes() > ramLimit) {
        return best;
      }
      more = fastest(more, ramLimit, flashBytes);
      if (more.plan().schedule().cost() < best.plan().schedule().cost()) {
        best = more;
      }
    }
    return best;
  }

  /** Gives each band in turn its fastest kernel that fits, those that gain most first. */
  private Candidate fastest(Candidate start, long ramLimit, long flashBytes) {
    long flashLimit = Math.max(flashBytes, start.plan().constantBytes());
    List<Choice> byGain = new ArrayList<>();
    for (int layer = 0; layer < start.variants().size(); layer++) {
      for (int band = 0; band < start.variants().get(layer).size(); band++) {
        byGain.add(new Choice(layer, band));
      }
    }
    byGain.sort(
        Comparator.comparingLong(
            choice -> start.variants(choice).get(0).cost() - start.kernel(choice).cost()));
    Candidate best = start;
    for (Choice choice : byGain) {
      for (KernelCode variant : start.variants(choice)) {
        if (variant.cost() >= best.kernel(choice).cost()) {
          break;
        }
        Optional<Candidate> faster = with(best, choice, variant, ramLimit, flashLimit);
        if (faster.isPresent()) {
          best = faster.get();
          break;
        }
      }
    }
    return best;
  }

  /** A candidate with another kernel, unless it is larger than the limits. */
  private Optional<Candidate> with(
      Candidate candidate, Choice choice, KernelCode kernel, long ramLimit, long flashLimit) {
    Schedule schedule =
        Schedule.of(
            candidate.graph(), candidate.kernelsWith(choice, kernel), ports, candidate.chains());
    if (memory.occupancy(Lifetimes.of(schedule)).peak() > ramLimit) {
      return Optional.empty();
    }
    return Optional.of(candidate(schedule, candidate.chains(), candidate.variants(), ramLimit))
        .filter(
            other -> other.plan().arenaBytes() <= ramLimit && other.plan().keepsFlash(flashLimit));
  }
}

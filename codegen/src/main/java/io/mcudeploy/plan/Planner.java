package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Chooses a kernel for every layer and a place for every tensor. Kernels come in variants that
 * trade scratch memory or flash for time; which one is right depends on the whole network, since
 * scratch costs nothing at a layer that is not at the peak.
 */
public final class Planner {
  /** Running layers row by row has to save at least this part of the arena if it fits anyway. */
  private static final int WORTH_ROWS = 32;

  /** What saves flash may take this part of the fastest plan's arena beyond it. */
  private static final int LITTLE_RAM = 32;

  private final List<String> chain;
  private final CoreKernels kernels;
  private final MemoryPlanner memory;
  private final ToIntFunction<KernelCode> codeBytes;
  private final Ports ports;
  private final RowPlanner rows;

  /** Many choices leave the buffers as they are. */
  private final Map<Lifetimes, MemoryPlan> plans = new HashMap<>();

  /** A planner for which only constants take flash, no code. */
  public Planner(List<String> chain, int alignment) {
    this(chain, alignment, code -> 0);
  }

  /**
   * @param chain the core's families of kernels, the most special first
   * @param alignment of every buffer, in bytes
   * @param codeBytes an estimate of the machine code of a kernel, asked only for goals that weigh
   *     it
   */
  public Planner(List<String> chain, int alignment, ToIntFunction<KernelCode> codeBytes) {
    this(chain, new MemoryPlanner(alignment), codeBytes, Ports.CALLER);
  }

  /**
   * With the memories that the arena may use.
   *
   * @param ports whose memory the network's inputs and outputs are
   */
  public Planner(
      List<String> chain, MemoryPlanner memory, ToIntFunction<KernelCode> codeBytes, Ports ports) {
    this.chain = List.copyOf(chain);
    this.kernels = new CoreKernels(chain);
    this.memory = memory;
    this.codeBytes = codeBytes;
    this.ports = ports;
    this.rows = new RowPlanner(kernels, ports, memory);
  }

  /**
   * The plan for a goal. Layers are computed two at once where that serves the goal.
   *
   * @param ramBytes what the arena may take; a plan that needs more is returned only if there is
   *     none that fits, and is then the smallest
   * @param flashBytes what the constants may take, under the same condition
   */
  public Plan plan(QuantizedGraph graph, Goal goal, long ramBytes, long flashBytes) {
    List<String> families = goal.families(chain);
    if (!families.equals(chain)) {
      return new Planner(families, memory, codeBytes, ports)
          .plan(graph, goal, ramBytes, flashBytes);
    }
    QuantizedGraph fused = Fusion.of(graph, kernels, memory.pinned());
    Plan plan = planOf(fused, goal, ramBytes, flashBytes);
    boolean fits = plan.arenaBytes() <= ramBytes && plan.keepsFlash(flashBytes);
    if (fused.equals(graph) || (goal == Goal.TIME && fits)) {
      return plan;
    }
    Plan apart = planOf(graph, goal, ramBytes, flashBytes);
    return Stream.of(plan, apart).min(order(goal, ramBytes, flashBytes)).orElseThrow();
  }

  /** Better plans come first; those that fit before those that do not. */
  private Comparator<Plan> order(Goal goal, long ramBytes, long flashBytes) {
    Comparator<Plan> fitting =
        Comparator.comparingLong((Plan plan) -> Math.max(ramBytes, plan.arenaBytes()))
            .thenComparingLong(plan -> Math.max(flashBytes, plan.constantBytes()));
    Comparator<Plan> fastest = Comparator.comparingLong(plan -> plan.schedule().cost());
    return switch (goal) {
      case TIME -> fitting.thenComparing(fastest);
      case RAM -> Comparator.comparingInt(Plan::arenaBytes).thenComparing(fastest);
      case BALANCED, SIZE ->
          fitting.thenComparing(this::total, KernelChoice.order(goal)).thenComparing(fastest);
    };
  }

  private KernelChoice.Total total(Plan plan) {
    List<KernelCode> kernels =
        plan.schedule().steps().stream().flatMap(step -> step.kernels().stream()).toList();
    return new KernelChoice(kernels.stream().map(List::of).toList(), codeBytes).total(kernels);
  }

  /** The plan for a network whose layers stay as they are. */
  private Plan planOf(QuantizedGraph graph, Goal goal, long ramBytes, long flashBytes) {
    if (goal == Goal.TIME) {
      Plan fastest = reordered(plan(graph, fastest(graph)));
      if (fastest.arenaBytes() <= ramBytes && fastest.keepsFlash(flashBytes)) {
        return fastest;
      }
    }
    Plan smallest = smallest(graph);
    if (goal == Goal.RAM || smallest.arenaBytes() > ramBytes) {
      Plan whole =
          fastest(smallest, smallest.arenaBytes(), Math.max(flashBytes, smallest.constantBytes()));
      Plan inRows = rows.plan(smallest, goal, ramBytes, flashBytes);
      int leastSaving = goal == Goal.RAM ? whole.arenaBytes() / WORTH_ROWS : 0;
      if (inRows.arenaBytes() < whole.arenaBytes() - leastSaving) {
        return inRows.insteadOf(whole);
      }
    }
    long limit =
        goal == Goal.RAM ? smallest.arenaBytes() : Math.max(ramBytes, smallest.arenaBytes());
    Plan fastest = fastest(smallest, limit, Math.max(flashBytes, smallest.constantBytes()));
    // Flash that is saved must cost little RAM, which is scarcer, unless flash is all that counts.
    long smallLimit =
        goal == Goal.BALANCED
            ? Math.min(limit, fastest.arenaBytes() + fastest.arenaBytes() / LITTLE_RAM)
            : limit;
    Plan best =
        goal.weighsFlash() ? small(goal, smallLimit, flashBytes, smallest, fastest) : fastest;
    // Other kernels may have another best order, or none that is better than the given one.
    Plan again = reordered(plan(graph, kernels(best, graph)));
    return again.arenaBytes() <= best.arenaBytes()
        ? again
        : new Plan(best.schedule(), best.memory(), again.lowerBound());
  }

  /**
   * The plan with the smallest kernels. Layers that only move elements need no code, unless the
   * arena is smaller with a copy: what tensors share is in use for longer.
   */
  private Plan smallest(QuantizedGraph graph) {
    List<List<KernelCode>> variants = variants(graph);
    Plan best = reordered(plan(graph, variants.stream().map(Planner::smallest).toList()));
    if (variants.stream().noneMatch(layer -> layer.get(0).isView())) {
      return best;
    }
    Plan copies =
        reordered(
            plan(
                graph,
                variants.stream()
                    .map(layer -> layer.get(0).isView() ? layer.subList(1, layer.size()) : layer)
                    .map(Planner::smallest)
                    .toList()));
    best = copies.arenaBytes() < best.arenaBytes() ? copies : best;
    QuantizedGraph ordered = best.schedule().graph();
    variants = variants(ordered);
    for (int i = 0; i < variants.size(); i++) {
      List<KernelCode> layer = variants.get(i);
      if (layer.get(0).isView()) {
        List<KernelCode> kernels = new ArrayList<>(kernels(best, ordered));
        boolean view = kernels.get(i).isView();
        kernels.set(i, view ? smallest(layer.subList(1, layer.size())) : layer.get(0));
        Schedule schedule = Schedule.of(ordered, kernels, ports);
        if (memory.occupancy(Lifetimes.of(schedule)).peak() < best.arenaBytes()) {
          Plan other = plan(ordered, kernels);
          best = other.arenaBytes() < best.arenaBytes() ? other : best;
        }
      }
    }
    return best;
  }

  /** The best plan found for a goal that weighs flash, from plans that fit, in their order. */
  private Plan small(Goal goal, long ramLimit, long flashLimit, Plan smallest, Plan fastest) {
    QuantizedGraph graph = smallest.schedule().graph();
    KernelChoice choice = new KernelChoice(variants(graph), codeBytes);
    List<List<KernelCode>> fitting = List.of(kernels(smallest, graph), kernels(fastest, graph));
    List<List<KernelCode>> starts = new ArrayList<>(fitting);
    starts.add(choice.smallest());
    Plan plan = plan(graph, choice.choose(goal, starts, kernels -> true));
    if (plan.arenaBytes() > ramLimit) {
      plan = plan(graph, choice.choose(goal, fitting, kernels -> fits(graph, kernels, ramLimit)));
    }
    return goal == Goal.BALANCED && !plan.keepsFlash(flashLimit)
        ? small(Goal.SIZE, ramLimit, flashLimit, smallest, fastest)
        : plan;
  }

  /** The kernels of each layer, the fastest first: that is no code where there need not be any. */
  private List<List<KernelCode>> variants(QuantizedGraph graph) {
    Set<String> views = Views.possible(graph, ports, memory.pinned());
    return graph.layers().stream()
        .map(
            layer ->
                Stream.concat(
                        views.contains(layer.name()) ? Stream.of(KernelCode.view()) : Stream.of(),
                        kernels.variants(layer.operator()).stream())
                    .toList())
        .toList();
  }

  /** The plan with these kernels, its layers in the graph's order. */
  private Plan plan(QuantizedGraph graph, List<KernelCode> kernels) {
    Schedule schedule = Schedule.of(graph, kernels, ports);
    MemoryPlan places =
        plans.computeIfAbsent(
            Lifetimes.of(schedule), lifetimes -> memory.plan(lifetimes, Traffic.of(schedule)));
    return new Plan(schedule, places);
  }

  /** Whether the arena of these kernels keeps a limit. */
  private boolean fits(QuantizedGraph graph, List<KernelCode> kernels, long ramLimit) {
    return memory.occupancy(Lifetimes.of(Schedule.of(graph, kernels, ports))).peak() <= ramLimit
        && plan(graph, kernels).arenaBytes() <= ramLimit;
  }

  /** The kernels of a plan in the order of a graph's layers. */
  private static List<KernelCode> kernels(Plan plan, QuantizedGraph graph) {
    Map<String, KernelCode> byLayer = new HashMap<>();
    plan.schedule().steps().forEach(step -> byLayer.put(step.layer().name(), step.kernel()));
    return graph.layers().stream().map(layer -> byLayer.get(layer.name())).toList();
  }

  /** The same kernels in another order, where that makes the arena smaller. */
  private Plan reordered(Plan plan) {
    QuantizedGraph graph = plan.schedule().graph();
    List<KernelCode> kernels = kernels(plan, graph);
    LayerOrder least = LayerOrder.of(new Liveness(graph, kernels, ports));
    Plan other =
        plan(graph.ordered(least.order()), least.order().stream().map(kernels::get).toList());
    Plan best = other.arenaBytes() < plan.arenaBytes() ? other : plan;
    return new Plan(best.schedule(), best.memory(), least.bound());
  }

  /**
   * The fastest plan found within limits: every layer's fastest variant, if they fit together.
   * Else, starting from a plan that fits, each layer in turn gets its fastest variant that still
   * fits, those that gain most first, as long as that makes any faster: layers may have room only
   * once others, over whose inputs their outputs lie, have changed.
   */
  private Plan fastest(Plan start, long ramLimit, long flashLimit) {
    QuantizedGraph graph = start.schedule().graph();
    List<List<KernelCode>> variants = variants(graph);
    List<KernelCode> all = new ArrayList<>(kernels(start, graph));
    List<Integer> byGain = new ArrayList<>();
    for (int i = 0; i < variants.size(); i++) {
      KernelCode fastest = variants.get(i).get(0);
      if (fastest.cost() < cost(start, i)) {
        byGain.add(i);
        all.set(i, fastest);
      }
    }
    Optional<Plan> together = within(graph, all, ramLimit, flashLimit);
    if (together.isPresent()) {
      return together.get();
    }
    byGain.sort(Comparator.comparingLong(i -> variants.get(i).get(0).cost() - cost(start, i)));
    Plan best = start;
    long before;
    do {
      before = best.schedule().cost();
      for (int index : byGain) {
        best = fastest(best, index, variants.get(index), ramLimit, flashLimit);
      }
    } while (best.schedule().cost() < before);
    return best;
  }

  /** The plan with the fastest variant of a layer with which it fits. */
  private Plan fastest(
      Plan plan, int index, List<KernelCode> variants, long ramLimit, long flashLimit) {
    QuantizedGraph graph = plan.schedule().graph();
    for (KernelCode variant : variants) {
      if (variant.cost() >= cost(plan, index)) {
        break;
      }
      List<KernelCode> kernels = new ArrayList<>(kernels(plan, graph));
      kernels.set(index, variant);
      Optional<Plan> faster = within(graph, kernels, ramLimit, flashLimit);
      if (faster.isPresent()) {
        return faster.get();
      }
    }
    return plan;
  }

  /** The fastest kernel of each layer, of equally fast ones the smallest. */
  private List<KernelCode> fastest(QuantizedGraph graph) {
    return variants(graph).stream()
        .map(
            variants ->
                smallest(
                    variants.stream()
                        .filter(variant -> variant.cost() == variants.get(0).cost())
                        .toList()))
        .toList();
  }

  /** The plan with these kernels if it keeps limits. */
  private Optional<Plan> within(
      QuantizedGraph graph, List<KernelCode> kernels, long ramLimit, long flashLimit) {
    return fits(graph, kernels, ramLimit)
        ? Optional.of(plan(graph, kernels)).filter(plan -> plan.keepsFlash(flashLimit))
        : Optional.empty();
  }

  private static long cost(Plan plan, int index) {
    return plan.schedule().steps().get(index).kernel().cost();
  }

  /** The variant with the least scratch, among equals that with the fewest constants. */
  static KernelCode smallest(List<KernelCode> variants) {
    return variants.stream()
        .min(
            Comparator.comparingInt(KernelCode::scratchBytes)
                .thenComparingInt(KernelCode::constantBytes))
        .orElseThrow();
  }
}

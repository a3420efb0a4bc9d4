package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.MemoryRegion;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.generate.CodeSize;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.plan.Banks;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.MemoryPlanner;
import io.mcudeploy.plan.Placement;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Planner;
import io.mcudeploy.plan.Ports;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** Whether a network fits a board, and what to do if it does not. */
final class Fit {
  /** What the generated code takes besides the constants, at least. */
  private static final long CODE_BYTES = 16 << 10;

  /** What the code of a layer takes, about, when weights compete with it for flash. */
  private static final long CODE_BYTES_OF_LAYER = 1280;

  private static final int ALIGNMENT = 16;

  /** What the stack may take: kernels need some hundred bytes, the caller the rest. */
  private static final long STACK_BYTES = 4096;

  private final Board board;
  private final QuantizedGraph graph;
  private final MemoryMap map;
  private final Placing placing;
  private final Ports ports;
  private final Banks banks;

  /** For one memory, and for all together. */
  private final Planner inOne;

  private final Planner spread;

  Fit(Board board, QuantizedGraph graph) {
    this(board, graph, Placing.FREE);
  }

  /**
   * @throws DiagnosticException E0503 if the user's wishes name what is not there
   */
  Fit(Board board, QuantizedGraph graph, Placing placing) {
    this.board = board;
    this.graph = graph;
    this.map = new MemoryMap(board, graph, placing);
    this.placing = placing;
    this.ports = placing.ports();
    this.banks = map.banks(besideBytes());
    List<String> chain = board.core().kernels();
    ToIntFunction<KernelCode> codeSize = new CodeSize(chain)::bytes;
    this.inOne = new Planner(chain, new MemoryPlanner(ALIGNMENT), codeSize, ports);
    this.spread = new Planner(chain, new MemoryPlanner(ALIGNMENT, banks), codeSize, ports);
  }

  /**
   * The plan for the board.
   *
   * @throws DiagnosticException E0501 or E0502 with remedies if nothing fits
   */
  Plan plan(Goal goal) {
    Outcome outcome = attempt(goal);
    Optional<Diagnostic> problem = problem(goal, outcome);
    if (problem.isPresent()) {
      throw problem.get().asException();
    }
    map.check(outcome.plan());
    return outcome.placed();
  }

  /** Why a plan does not fit, with remedies; empty if it does. */
  Optional<Diagnostic> problem(Goal goal, Outcome outcome) {
    if (!outcome.fitsRam()) {
      return Optional.of(tooMuchRam(goal, outcome));
    }
    return outcome.fits() ? Optional.empty() : Optional.of(tooMuchFlash(goal, outcome));
  }

  /**
   * A plan that may not fit.
   *
   * @param weightRegions as in {@link Plan}; absent where the constants have no room
   */
  record Outcome(Plan plan, Optional<Map<String, String>> weightRegions) {
    boolean fitsRam() {
      return plan.memory().parts().stream().noneMatch(part -> part.region().isEmpty());
    }

    boolean fits() {
      return fitsRam() && weightRegions.isPresent();
    }

    long constantBytes() {
      return plan.constantBytes();
    }

    /** The plan with the memories of the constants, where they have room. */
    Plan placed() {
      return weightRegions.map(plan::with).orElse(plan);
    }
  }

  /** The plan for the board if there is one that fits, else the smallest. */
  Outcome attempt(Goal goal) {
    Plan plan = arenaPlan(goal);
    return new Outcome(plan, map.weightRegions(plan, CODE_BYTES));
  }

  /** Whether the board has room for a plan that was made for another. */
  boolean holds(Plan plan) {
    return banks.banks().stream().anyMatch(bank -> bank.bytes() >= plan.arenaBytes())
        && map.flashBytes(CODE_BYTES) >= plan.constantBytes();
  }

  /**
   * The plan within one memory, or over several where one is too small or the user wants it so.
   * Layers run row by row rather than over several memories, but over several rather than compute
   * anything twice.
   */
  private Plan arenaPlan(Goal goal) {
    long flash = map.flashBytes(codeBytes());
    long largest = banks.banks().stream().mapToLong(Banks.Bank::bytes).max().orElse(0);
    Plan plan = inOne.plan(graph, goal, largest, flash);
    boolean free = banks.pins().isEmpty();
    Optional<Plan> fitting =
        banks.banks().stream()
            .filter(bank -> free && bank.bytes() >= plan.arenaBytes())
            .findFirst()
            .map(bank -> plan.in(bank.region()));
    boolean isBest = fitting.isPresent() && plan.macsAgain() == 0;
    if (isBest || (free && banks.banks().size() == 1)) {
      return fitting.orElse(plan);
    }
    long all = banks.banks().stream().mapToLong(Banks.Bank::bytes).sum();
    Plan parts = spread.plan(graph, goal, all, flash);
    boolean better = fitting.isEmpty() || parts.macsAgain() < plan.macsAgain();
    // What does not fit is told by the bytes it takes in one piece.
    return parts.arenaBytes() <= all && better ? parts : fitting.orElse(plan);
  }

  /** Code, and the input and output that the example keeps in flash. */
  private long codeBytes() {
    return CODE_BYTES + CODE_BYTES_OF_LAYER * graph.layers().size() + portBytes();
  }

  /** The stack, and inputs and outputs where the example keeps them beside the arena. */
  private long besideBytes() {
    return (ports == Ports.CALLER ? portBytes() : 0) + STACK_BYTES;
  }

  private long portBytes() {
    long ports = 0;
    for (List<String> names : List.of(graph.inputs(), graph.outputs())) {
      ports += names.stream().mapToLong(name -> graph.tensor(name).bytes()).sum();
    }
    return ports;
  }

  private Diagnostic tooMuchRam(Goal goal, Outcome outcome) {
    Plan plan = outcome.plan();
    MemoryRegion largest =
        board.regions(MemoryRegion.Role.ARENA).stream()
            .max((a, b) -> Long.compare(a.size(), b.size()))
            .orElseThrow();
    int peak = plan.memory().peakLayer();
    String alive =
        plan.memory().aliveAt(peak).stream().map(Fit::describe).collect(Collectors.joining(" + "));
    Diagnostic diagnostic =
        Diagnostic.of(
                Code.E0501,
                largest.location(),
                String.format(
                    Locale.ROOT,
                    "the network needs %,d bytes of RAM, `%s` of %s has %,d",
                    plan.arenaBytes() + besideBytes(),
                    largest.name(),
                    board.name(),
                    largest.size()))
            .note(
                String.format(
                    Locale.ROOT,
                    "%,d bytes of arena, the smallest found%s; %,d for input, output and stack",
                    plan.arenaBytes(),
                    Remedies.inParts(plan),
                    besideBytes()));
    if (peak > 0) {
      String layer = plan.schedule().steps().get(peak - 1).layer().name();
      long apart = plan.memory().aliveAt(peak).stream().mapToLong(p -> p.buffer().bytes()).sum();
      String shared =
          apart > plan.arenaBytes()
              ? String.format(
                  Locale.ROOT, ", less %,d that output and input share", apart - plan.arenaBytes())
              : "";
      diagnostic =
          diagnostic.note("the peak is at layer " + peak + " `" + layer + "`: " + alive + shared);
    }
    Remedies remedies = new Remedies(this, board, graph, placing, goal, outcome);
    for (String remedy : remedies.forRam(besideBytes())) {
      diagnostic = diagnostic.help(remedy);
    }
    return diagnostic.help(
        "make the tensors at the peak smaller: fewer channels, a larger stride, a smaller input");
  }

  private Diagnostic tooMuchFlash(Goal goal, Outcome outcome) {
    long constants = outcome.constantBytes();
    MemoryRegion largest =
        board.regions(MemoryRegion.Role.WEIGHTS).stream()
            .max((a, b) -> Long.compare(a.size(), b.size()))
            .orElseThrow();
    Diagnostic diagnostic =
        Diagnostic.of(
                Code.E0502,
                largest.location(),
                String.format(
                    Locale.ROOT,
                    "the network needs %,d bytes of flash, `%s` of %s has %,d",
                    constants + CODE_BYTES,
                    largest.name(),
                    board.name(),
                    largest.size()))
            .note(
                String.format(
                    Locale.ROOT, "%,d bytes of constants, %,d for code", constants, CODE_BYTES));
    Remedies remedies = new Remedies(this, board, graph, placing, goal, outcome);
    for (String remedy : remedies.forFlash(CODE_BYTES)) {
      diagnostic = diagnostic.help(remedy);
    }
    return diagnostic.help("`mcu-deploy inspect` shows which layers hold the parameters");
  }

  private static String describe(Placement placement) {
    return String.format(
        Locale.ROOT, "%s %,d", placement.buffer().names().get(0), placement.buffer().bytes());
  }
}

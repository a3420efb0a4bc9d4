package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.board.MemoryRegion;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.generate.CodeSize;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Placement;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Planner;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whether a network fits a board, and what to do if it does not. */
final class Fit {
  /** What the generated code takes besides the constants, at least. */
  private static final long CODE_BYTES = 16 << 10;

  /** What the code of a layer takes, about, when weights compete with it for flash. */
  private static final long CODE_BYTES_OF_LAYER = 1280;

  /** What the stack may take: kernels need some hundred bytes, the caller the rest. */
  private static final long STACK_BYTES = 4096;

  private final Board board;
  private final QuantizedGraph graph;

  Fit(Board board, QuantizedGraph graph) {
    this.board = board;
    this.graph = graph;
  }

  /**
   * The plan for the board.
   *
   * @throws DiagnosticException E0501 or E0502 with remedies if nothing fits
   */
  Plan plan(Goal goal) {
    Planner planner =
        new Planner(board.core().kernels(), 16, new CodeSize(board.core().kernels())::bytes);
    Plan plan = planner.plan(graph, goal, available(), board.flashBytes() - codeBytes());
    long constants =
        plan.schedule().steps().stream().mapToLong(step -> step.kernel().constantBytes()).sum();
    if (board.arenaRegion(plan.arenaBytes(), besideBytes()).isEmpty()) {
      throw tooMuchRam(plan, constants).asException();
    }
    if (constants + CODE_BYTES > board.flashBytes()) {
      throw tooMuchFlash(plan, constants).asException();
    }
    return plan;
  }

  /** Code, and the input and output that the example keeps in flash. */
  private long codeBytes() {
    return CODE_BYTES + CODE_BYTES_OF_LAYER * graph.layers().size() + portBytes();
  }

  /** Stack, inputs and outputs, which the example keeps beside the arena. */
  private long besideBytes() {
    return portBytes() + STACK_BYTES;
  }

  private long portBytes() {
    long ports = 0;
    for (List<String> names : List.of(graph.inputs(), graph.outputs())) {
      ports += names.stream().mapToLong(name -> graph.tensor(name).bytes()).sum();
    }
    return ports;
  }

  /** What the largest arena may take. */
  private long available() {
    long most = 0;
    for (MemoryRegion region : board.regions(MemoryRegion.Role.ARENA)) {
      boolean shared =
          region.holds(MemoryRegion.Role.STACK) || region.holds(MemoryRegion.Role.DATA);
      most = Math.max(most, region.size() - (shared ? besideBytes() : 0));
    }
    return most;
  }

  private Diagnostic tooMuchRam(Plan plan, long constants) {
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
                    "%,d bytes of arena, the smallest found; %,d for input, output and stack",
                    plan.arenaBytes(),
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
    String larger = boardsFor(plan, constants);
    if (!larger.isEmpty()) {
      diagnostic = diagnostic.help("boards with enough memory: " + larger);
    }
    return diagnostic.help(
        "make the tensors at the peak smaller: fewer channels, a larger stride, a smaller input");
  }

  private Diagnostic tooMuchFlash(Plan plan, long constants) {
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
    String larger = boardsFor(plan, constants);
    if (!larger.isEmpty()) {
      diagnostic = diagnostic.help("boards with enough memory: " + larger);
    }
    return diagnostic.help("`mcu-deploy inspect` shows which layers hold the parameters");
  }

  private String boardsFor(Plan plan, long constants) {
    return Boards.all().stream()
        .filter(
            other ->
                other.arenaRegion(plan.arenaBytes(), besideBytes()).isPresent()
                    && other.flashBytes() >= constants + CODE_BYTES)
        .map(Board::name)
        .collect(Collectors.joining(", "));
  }

  private static String describe(Placement placement) {
    return String.format(
        Locale.ROOT, "%s %,d", placement.buffer().names().get(0), placement.buffer().bytes());
  }
}

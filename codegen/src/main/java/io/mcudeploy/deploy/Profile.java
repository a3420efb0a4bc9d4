package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.diagnostics.Numbers;
import io.mcudeploy.emulator.CountedRun;
import io.mcudeploy.emulator.CycleTable;
import io.mcudeploy.emulator.LayerCounts;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.toolchain.CallGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a network costs on a board, layer by layer: instructions exactly, cycles as an estimate,
 * flash, RAM and stack from the linked image.
 *
 * @param inRows whether chains of layers run row by row, which the arena's bound is then for
 * @param weightBytes the network's weights and biases, before any packing
 * @param measuredStackBytes of the test program, whose hooks before and after each layer may make
 *     the outermost frame a little larger
 * @param testStack what the test program needs at most, its hooks apart
 * @param table whose cycles were estimated; absent where there is neither table nor rule
 */
public record Profile(
    String name,
    String model,
    Board board,
    String goal,
    List<Layer> layers,
    Map<String, LayerCounts> functions,
    int arenaBytes,
    long arenaLowerBound,
    boolean inRows,
    long weightBytes,
    long measuredStackBytes,
    CallGraph.Stack testStack,
    Footprint footprint,
    Optional<CycleTable> table,
    List<String> tools) {

  /**
   * A layer.
   *
   * @param constantBytes what its kernel reads from flash; of arrays that layers share, each counts
   *     all
   */
  public record Layer(
      int number,
      String name,
      String operator,
      String kernel,
      long macs,
      LayerCounts counts,
      int scratchBytes,
      int constantBytes) {}

  public Profile {
    layers = List.copyOf(layers);
    functions = Map.copyOf(functions);
    tools = List.copyOf(tools);
  }

  static Profile of(
      BuildRequest request,
      Plan plan,
      Footprint footprint,
      CountedRun run,
      CallGraph.Stack testStack,
      List<String> tools) {
    List<Layer> layers = new ArrayList<>();
    for (Step step : plan.schedule().steps()) {
      layers.add(
          new Layer(
              step.number(),
              step.layer().name(),
              step.layer().operator().title(),
              step.kernel().title(),
              step.layer().operator().macs(),
              run.layers().get(step.number() - 1),
              step.scratchBytes(),
              step.constantBytes()));
    }
    return new Profile(
        request.name(),
        request.model().getFileName().toString(),
        request.board(),
        request.goal().lower(),
        layers,
        run.functions(),
        plan.arenaBytes(),
        plan.lowerBound(),
        plan.whole().isPresent(),
        weightBytes(plan.schedule().graph()),
        run.result().stackBytes(),
        testStack,
        footprint,
        CycleTable.of(request.board().core()),
        tools);
  }

  /** Tables of functions are not weights: only layers that multiply have those. */
  private static long weightBytes(QuantizedGraph graph) {
    return graph.layers().stream()
            .map(io.mcudeploy.quantized.Layer::operator)
            .filter(operator -> operator.macs() > 0)
            .mapToLong(IntegerOperator::parameterBytes)
            .sum()
        + graph.constants().values().stream().mapToLong(Int8Array::length).sum();
  }

  /** All layers together. */
  public LayerCounts total() {
    return layers.stream().map(Layer::counts).reduce(LayerCounts.NONE, LayerCounts::plus);
  }

  /** Multiply-accumulate operations of one inference. */
  public long macs() {
    return layers.stream().mapToLong(Layer::macs).sum();
  }

  /** The stack that one inference needs at most, if there is a bound. */
  public Optional<Long> stackBytes() {
    return footprint.stack().isBounded()
        ? Optional.of(footprint.stack().bytes())
        : Optional.empty();
  }

  /** What one inference takes of the flash beyond the network's own weights and biases. */
  public long beyondWeightsBytes() {
    return footprint.networkBytes() - weightBytes;
  }

  /** Bytes of flash of the board's whole image. */
  public long flashBytes() {
    return footprint.imageBytes();
  }

  /** Bytes of constants that the kernels read. */
  public long constantBytes() {
    return layers.stream().mapToLong(Layer::constantBytes).sum();
  }

  /** The estimate of the cycles of one inference, if there is one. */
  public Optional<Long> cycles() {
    return table.map(rules -> rules.cycles(total()));
  }

  /** The profile for machines, in a fixed order. */
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", name);
    facts.put("model", model);
    facts.put("board", board.name());
    facts.put("core", board.core().name());
    facts.put("optimize", goal);
    facts.put("macs", macs());
    put(facts, total());
    facts.put("arenaBytes", arenaBytes);
    facts.put("arenaLowerBound", arenaLowerBound);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Layer layer : layers) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("number", layer.number());
      row.put("name", layer.name());
      row.put("operator", layer.operator());
      row.put("kernel", layer.kernel());
      row.put("macs", layer.macs());
      put(row, layer.counts());
      row.put("scratchBytes", layer.scratchBytes());
      row.put("constantBytes", layer.constantBytes());
      rows.add(row);
    }
    facts.put("layers", rows);
    facts.put("flash", flash());
    Map<String, Object> stack = new LinkedHashMap<>();
    stackBytes().ifPresent(bytes -> stack.put("boundBytes", bytes));
    if (testStack.isBounded()) {
      stack.put("testBoundBytes", testStack.bytes());
    }
    stack.put("testMeasuredBytes", measuredStackBytes);
    stack.put("path", footprint.stack().path());
    if (!footprint.stack().isBounded()) {
      stack.put("noBound", footprint.stack().reason());
    }
    facts.put("stack", stack);
    table.ifPresent(rules -> facts.put("cyclesAre", rules.description()));
    facts.put("emulatedMachine", board.emulation().machine().name());
    facts.put("tools", tools);
    return facts;
  }

  private void put(Map<String, Object> facts, LayerCounts counts) {
    facts.put("instructions", counts.instructions());
    table.ifPresent(
        rules -> {
          facts.put("cycles", rules.cycles(counts));
          facts.put("leastCycles", rules.leastCycles(counts));
          facts.put("mostCycles", rules.mostCycles(counts));
          facts.put("multiplies", counts.multiplies());
          facts.put("loads", counts.loads());
          facts.put("stores", counts.stores());
          facts.put("branches", counts.branches());
        });
  }

  private Map<String, Object> flash() {
    Map<String, Object> flash = new LinkedHashMap<>();
    flash.put("imageBytes", footprint.imageBytes());
    flash.put("sections", footprint.sections());
    flash.put("networkBytes", footprint.networkBytes());
    flash.put("codeBytes", footprint.codeBytes());
    flash.put("constantBytes", footprint.constantBytes());
    flash.put("compilerLibraryBytes", footprint.compilerLibraryBytes());
    flash.put("weightBytes", weightBytes);
    flash.put("beyondWeightsBytes", beyondWeightsBytes());
    flash.put("selfTestBytes", footprint.selfTestBytes());
    flash.put("otherBytes", footprint.otherBytes());
    List<Map<String, Object>> rows = new ArrayList<>();
    footprint
        .functions()
        .forEach(
            (function, bytes) -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("name", function);
              row.put("bytes", bytes);
              put(row, functions.getOrDefault(function, LayerCounts.NONE));
              rows.add(row);
            });
    flash.put("functions", rows);
    return flash;
  }

  /** The profile for people, as Markdown that also reads well on a terminal. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(name).append(" on ").append(board.title());
    text.append(", optimized for ").append(goal).append("\n\n");
    text.append(layerTable().text()).append('\n');
    table.ifPresent(
        rules -> Report.line(text, "cycles", "with their range, " + rules.description()));
    Report.line(text, "arena", Report.arena(arenaBytes, arenaLowerBound, inRows));
    Report.line(text, "stack", stackText());
    Report.line(
        text,
        "flash",
        "%s bytes for an inference: %s of functions, %s of constants, %s of the compiler's library"
            .formatted(
                Numbers.grouped(footprint.networkBytes()),
                Numbers.grouped(footprint.codeBytes()),
                Numbers.grouped(footprint.constantBytes()),
                Numbers.grouped(footprint.compilerLibraryBytes())));
    Report.line(
        text,
        "beyond weights",
        "%s bytes of these; the network has %s bytes of weights and biases"
            .formatted(Numbers.grouped(beyondWeightsBytes()), Numbers.grouped(weightBytes)));
    Report.line(
        text,
        "image",
        "%s bytes in all: besides, %s of the self-test, %s of start-up code, example and gaps"
            .formatted(
                Numbers.grouped(footprint.imageBytes()),
                Numbers.grouped(footprint.selfTestBytes()),
                Numbers.grouped(footprint.otherBytes())));
    Report.line(
        text,
        "sections",
        String.join(
            ", ",
            footprint.sections().entrySet().stream()
                .map(section -> section.getKey() + " " + Numbers.grouped(section.getValue()))
                .toList()));
    text.append("\n").append(functionTable().text());
    return text.toString();
  }

  private String stackText() {
    String measured = Numbers.grouped(measuredStackBytes) + " bytes measured in the test program";
    return stackBytes().isPresent()
        ? "%s bytes at most (%s); %s, where %s are the most"
            .formatted(
                Numbers.grouped(footprint.stack().bytes()),
                String.join(" > ", footprint.stack().path()),
                measured,
                Numbers.grouped(testStack.bytes()))
        : measured + "; no bound: " + footprint.stack().reason();
  }

  private MarkdownTable layerTable() {
    List<String> header =
        new ArrayList<>(
            List.of("", "layer", "operator", "kernel", "MAC", "instructions", "a MAC", "scratch"));
    if (table.isPresent()) {
      header.addAll(List.of("cycles", "range"));
    }
    MarkdownTable rows = new MarkdownTable("rlll" + "r".repeat(header.size() - 4), header);
    for (Layer layer : layers) {
      List<String> cells =
          List.of(Integer.toString(layer.number()), layer.name(), layer.operator(), layer.kernel());
      String scratch = Numbers.grouped(layer.scratchBytes());
      rows.row(cells(cells, layer.macs(), layer.counts(), scratch));
    }
    rows.row(cells(List.of("", "all", "", ""), macs(), total(), ""));
    return rows;
  }

  private List<String> cells(List<String> names, long macs, LayerCounts counts, String scratch) {
    List<String> cells = new ArrayList<>(names);
    cells.add(Numbers.grouped(macs));
    cells.add(Numbers.grouped(counts.instructions()));
    cells.add(
        macs == 0 ? "" : String.format(Locale.ROOT, "%.2f", (double) counts.instructions() / macs));
    cells.add(scratch);
    table.ifPresent(rules -> cells.addAll(List.of(cycles(counts), range(rules, counts))));
    return cells;
  }

  private String cycles(LayerCounts counts) {
    return table.map(rules -> Numbers.grouped(rules.cycles(counts))).orElse("");
  }

  private static String range(CycleTable rules, LayerCounts counts) {
    return Numbers.grouped(rules.leastCycles(counts))
        + ".."
        + Numbers.grouped(rules.mostCycles(counts));
  }

  private MarkdownTable functionTable() {
    boolean estimated = table.isPresent();
    List<String> header = new ArrayList<>(List.of("function", "bytes", "instructions"));
    if (estimated) {
      header.add("cycles");
    }
    MarkdownTable rows = new MarkdownTable("l" + "r".repeat(header.size() - 1), header);
    footprint
        .functions()
        .forEach(
            (function, bytes) -> {
              LayerCounts counts = functions.getOrDefault(function, LayerCounts.NONE);
              List<String> cells =
                  new ArrayList<>(
                      List.of(
                          function,
                          Numbers.grouped(bytes),
                          Numbers.grouped(counts.instructions())));
              if (estimated) {
                cells.add(cycles(counts));
              }
              rows.row(cells);
            });
    return rows;
  }
}

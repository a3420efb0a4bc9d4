package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.MemoryRegion;
import io.mcudeploy.diagnostics.Numbers;
import io.mcudeploy.evaluation.Evaluation;
import io.mcudeploy.network.Trial;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.simplification.Simplification.Removal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What a build found out, for people and machines.
 *
 * @param rowByRow what running layers row by row gives and takes; absent if none does
 * @param verified what the emulator and the linked image showed; absent with {@code --emit-only}
 * @param samples how float and int8 answered the calibration samples; absent without any
 * @param trials ways of quantization that were tried; empty if there was no choice
 * @param removals channels that were taken out since no output depends on them
 * @param reasons why each layer got its kernel
 */
public record Report(
    String name,
    String model,
    Board board,
    List<LayerRow> layers,
    long macs,
    int constantBytes,
    int arenaBytes,
    long arenaLowerBound,
    List<MemoryRow> memories,
    Optional<RowByRow> rowByRow,
    Optional<Verified> verified,
    Optional<Evaluation> samples,
    List<Trial> trials,
    List<Removal> removals,
    List<KernelReason> reasons) {

  /** Layers that run row by row: so many rows of the last one's output a turn. */
  public record Chain(int first, int last, int rows) {
    @Override
    public String toString() {
      return "layers %d to %d by %s".formatted(first, last, rows == 1 ? "a row" : rows + " rows");
    }
  }

  /**
   * What running layers row by row gives and takes, in estimated instructions.
   *
   * @param whole the smallest plan without it
   */
  public record RowByRow(List<Chain> chains, Plan.Costs whole, Plan.Costs rows) {
    public RowByRow {
      chains = List.copyOf(chains);
    }

    /** Multiplications that are done twice, where layers run in stripes. */
    long macsAgain() {
      return rows.macsAgain(whole);
    }

    /** Their part of all multiplications. */
    double percentAgain() {
      return 100.0 * macsAgain() / whole.macs();
    }

    static Optional<RowByRow> of(Plan plan) {
      List<Chain> chains =
          plan.schedule().chains().stream()
              .map(chain -> new Chain(chain.first(), chain.last(), chain.rows()))
              .toList();
      return plan.whole().map(whole -> new RowByRow(chains, whole, plan.costs()));
    }
  }

  /** What the network takes of one of the board's memories. */
  public record MemoryRow(String region, int arenaBytes, int constantBytes) {}

  /**
   * A layer.
   *
   * @param estimated instructions by which the planner compares kernels
   * @param instructions exact counts, absent if they were not counted
   * @param constantBytes in flash; those that several layers read count for each of them
   */
  public record LayerRow(
      int number,
      String name,
      String operator,
      String kernel,
      long macs,
      long estimated,
      OptionalLong instructions,
      int constantBytes,
      int scratchBytes) {}

  /**
   * What was measured.
   *
   * @param inputs how many inputs were compared, bit for bit
   * @param instructions of one inference
   * @param stackBytes of one inference, measured
   * @param flashBytes of the board's image: network, start-up code and example
   * @param codeBytes of these, instructions
   * @param tools versions of compiler and emulator
   */
  public record Verified(
      int inputs,
      OptionalLong instructions,
      long stackBytes,
      long flashBytes,
      long codeBytes,
      List<String> tools) {}

  public Report {
    layers = List.copyOf(layers);
    memories = List.copyOf(memories);
    trials = List.copyOf(trials);
    removals = List.copyOf(removals);
    reasons = List.copyOf(reasons);
  }

  static Report of(
      BuildRequest request,
      Plan plan,
      int constantBytes,
      List<Long> instructions,
      Optional<Verified> verified,
      Optional<Evaluation> samples) {
    QuantizedGraph graph = plan.schedule().graph();
    List<LayerRow> layers = new ArrayList<>();
    for (Step step : plan.schedule().steps()) {
      layers.add(
          new LayerRow(
              step.number(),
              step.layer().name(),
              step.layer().operator().title(),
              step.kernel().title(),
              step.layer().operator().macs(),
              plan.schedule().cost(step),
              instructions.isEmpty()
                  ? OptionalLong.empty()
                  : OptionalLong.of(instructions.get(step.number() - 1)),
              step.constantBytes(),
              step.scratchBytes()));
    }
    return new Report(
        request.name(),
        request.model().getFileName().toString(),
        request.board(),
        layers,
        graph.macs(),
        constantBytes,
        plan.arenaBytes(),
        plan.lowerBound(),
        memories(request.board(), plan, constantBytes),
        RowByRow.of(plan),
        verified,
        samples,
        List.of(),
        List.of(),
        KernelReason.of(
            plan,
            request.board().core().kernels(),
            request.goal(),
            request.placing().regions().keySet()));
  }

  private static List<MemoryRow> memories(Board board, Plan plan, int constantBytes) {
    Map<String, Integer> arena = new LinkedHashMap<>();
    plan.memory().parts().forEach(part -> arena.put(part.region(), part.bytes()));
    Map<String, Integer> constants = new LinkedHashMap<>();
    List<Integer> bytes = plan.schedule().newConstantBytes();
    for (Step step : plan.schedule().steps()) {
      String region = plan.weightRegions().get(step.layer().name());
      if (region != null) {
        constants.merge(region, bytes.get(step.number() - 1), Integer::sum);
      }
    }
    plan.schedule()
        .graph()
        .constants()
        .forEach(
            (name, data) -> {
              String region = plan.weightRegions().get(Plan.keyOf(name));
              if (region != null) {
                constants.merge(region, data.length(), Integer::sum);
              }
            });
    int elsewhere = constants.values().stream().mapToInt(Integer::intValue).sum();
    constants.merge(
        board.region(MemoryRegion.Role.WEIGHTS).name(),
        Math.max(0, constantBytes - elsewhere),
        Integer::sum);
    return board.memories().stream()
        .map(MemoryRegion::name)
        .filter(name -> arena.containsKey(name) || constants.getOrDefault(name, 0) > 0)
        .map(
            name ->
                new MemoryRow(name, arena.getOrDefault(name, 0), constants.getOrDefault(name, 0)))
        .toList();
  }

  /** This report, with the ways of quantization that were tried and the channels taken out. */
  Report with(List<Trial> tried, List<Removal> removed) {
    return new Report(
        name,
        model,
        board,
        layers,
        macs,
        constantBytes,
        arenaBytes,
        arenaLowerBound,
        memories,
        rowByRow,
        verified,
        samples,
        tried,
        removed,
        reasons);
  }

  /** The report for machines, in a fixed order. */
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", name);
    facts.put("model", model);
    facts.put("board", board.name());
    facts.put("core", board.core().name());
    facts.put("macs", macs);
    facts.put("constantBytes", constantBytes);
    facts.put("arenaBytes", arenaBytes);
    facts.put("arenaLowerBound", arenaLowerBound);
    facts.put("arenaGap", arenaBytes - arenaLowerBound);
    facts.put("memories", memories);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (LayerRow layer : layers) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("number", layer.number());
      row.put("name", layer.name());
      row.put("operator", layer.operator());
      row.put("kernel", layer.kernel());
      row.put("macs", layer.macs());
      row.put("estimatedInstructions", layer.estimated());
      layer.instructions().ifPresent(count -> row.put("instructions", count));
      row.put("constantBytes", layer.constantBytes());
      row.put("scratchBytes", layer.scratchBytes());
      rows.add(row);
    }
    facts.put("layers", rows);
    facts.put("kernels", reasons.stream().map(KernelReason::facts).toList());
    if (!removals.isEmpty()) {
      List<Map<String, Object>> removed = new ArrayList<>();
      for (Removal removal : removals) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("tensor", removal.tensor());
        row.put("layer", removal.layer());
        row.put("removed", removal.channels());
        row.put("of", removal.of());
        removed.add(row);
      }
      facts.put("removedChannels", removed);
    }
    rowByRow.ifPresent(
        trade -> {
          Map<String, Object> values = new LinkedHashMap<>();
          values.put("chains", trade.chains());
          values.put("arenaBytesWithout", trade.whole().arenaBytes());
          values.put("estimatedInstructionsWithout", trade.whole().instructions());
          values.put("estimatedInstructions", trade.rows().instructions());
          values.put("macsComputedTwice", trade.macsAgain());
          facts.put("rowByRow", values);
        });
    verified.ifPresent(
        measured -> {
          Map<String, Object> values = new LinkedHashMap<>();
          values.put("inputs", measured.inputs());
          measured.instructions().ifPresent(count -> values.put("instructions", count));
          values.put("stackBytes", measured.stackBytes());
          values.put("flashBytes", measured.flashBytes());
          values.put("codeBytes", measured.codeBytes());
          values.put("emulatedMachine", board.emulation().machine().name());
          values.put("proves", board.emulation().proves());
          values.put("limits", board.emulation().limits());
          values.put("tools", measured.tools());
          facts.put("verified", values);
        });
    samples.ifPresent(
        evaluation -> {
          Map<String, Object> values = new LinkedHashMap<>();
          values.put("samples", evaluation.samples());
          values.put("agreement", evaluation.agreement());
          values.put("meanError", evaluation.meanError());
          values.put("maximumError", evaluation.maximumError());
          values.put("decibels", evaluation.decibels());
          facts.put("calibrationSamples", values);
        });
    if (!trials.isEmpty()) {
      facts.put("tried", trials.stream().map(Trial::facts).toList());
    }
    return facts;
  }

  /** The report for people, as Markdown that also reads well on a terminal. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(name).append(" on ").append(board.title()).append("\n\n");
    OptionalLong counted = verified.map(Verified::instructions).orElse(OptionalLong.empty());
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "",
            "layer",
            "operator",
            "kernel",
            "MAC",
            counted.isPresent() ? "instructions" : "estimated",
            "a MAC",
            "constants",
            "scratch"));
    for (LayerRow layer : layers) {
      long instructions = layer.instructions().orElse(layer.estimated());
      rows.add(
          List.of(
              Integer.toString(layer.number()),
              layer.name(),
              layer.operator(),
              layer.kernel(),
              Numbers.grouped(layer.macs()),
              Numbers.grouped(instructions),
              perMac(instructions, layer.macs()),
              Numbers.grouped(layer.constantBytes()),
              Numbers.grouped(layer.scratchBytes())));
    }
    long total = counted.orElse(layers.stream().mapToLong(LayerRow::estimated).sum());
    rows.add(
        List.of(
            "",
            "all",
            "",
            "",
            Numbers.grouped(macs),
            Numbers.grouped(total),
            perMac(total, macs),
            Numbers.grouped(constantBytes),
            ""));
    append(text, rows);
    if (counted.isEmpty()) {
      text.append("Instructions are estimates; constants and scratch are bytes.\n\n");
    }
    line(text, "arena", arena(arenaBytes, arenaLowerBound, rowByRow.isPresent()));
    rowByRow.ifPresent(trade -> line(text, "row by row", describe(trade)));
    memories.forEach(row -> line(text, "in " + row.region(), describe(row)));
    verified.ifPresent(
        measured ->
            line(text, "stack", Numbers.grouped(measured.stackBytes()) + " bytes, measured"));
    line(text, "constants", Numbers.grouped(constantBytes) + " bytes of flash");
    for (Removal removal : removals) {
      line(text, "removed", removal + ": no output depends on them");
    }
    verified.ifPresent(measured -> describe(text, measured));
    samples.ifPresent(evaluation -> describe(text, evaluation));
    if (!trials.isEmpty()) {
      List<List<String>> tried = new ArrayList<>(List.of(Trial.COLUMNS));
      trials.forEach(trial -> tried.add(trial.cells()));
      append(text.append('\n'), tried);
    }
    describeKernels(text);
    return text.toString();
  }

  /** The layers for which there was a choice. */
  private void describeKernels(StringBuilder text) {
    List<KernelReason> chosen = reasons.stream().filter(KernelReason::isChoice).toList();
    if (!chosen.isEmpty()) {
      text.append("\nWhy these kernels, by estimates:\n\n");
      chosen.forEach(reason -> text.append("- ").append(reason.line()).append('\n'));
    }
  }

  private static String describe(RowByRow rowByRow) {
    return String.format(
        Locale.ROOT,
        "%s; whole %,d bytes of arena and about %,d instructions, row by row %,d and about %,d%s",
        rowByRow.chains().stream().map(Chain::toString).collect(Collectors.joining(", ")),
        rowByRow.whole().arenaBytes(),
        rowByRow.whole().instructions(),
        rowByRow.rows().arenaBytes(),
        rowByRow.rows().instructions(),
        rowByRow.macsAgain() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "; in stripes of columns, which do %.1f %% of the multiplications twice",
                rowByRow.percentAgain()));
  }

  /**
   * An arena beside what bounds it from below.
   *
   * @param inRows whether the bound is for the chains of layers that were chosen
   */
  static String arena(int bytes, long lowerBound, boolean inRows) {
    long gap = bytes - lowerBound;
    return String.format(
        Locale.ROOT,
        "%,d bytes, lower bound %s %,d: %s",
        bytes,
        inRows ? "with these rows" : "over all orders of layers",
        lowerBound,
        gap == 0
            ? "optimal"
            : String.format(
                Locale.ROOT, "a gap of %,d bytes, %.1f %%", gap, 100.0 * gap / lowerBound));
  }

  private static String describe(MemoryRow row) {
    List<String> contents = new ArrayList<>();
    if (row.arenaBytes() > 0) {
      contents.add(Numbers.grouped(row.arenaBytes()) + " bytes of arena");
    }
    if (row.constantBytes() > 0) {
      contents.add(Numbers.grouped(row.constantBytes()) + " bytes of constants");
    }
    return contents.isEmpty() ? "nothing" : String.join(", ", contents);
  }

  private void describe(StringBuilder text, Verified measured) {
    line(
        text,
        "flash",
        Numbers.grouped(measured.flashBytes())
            + " bytes in all: network, start-up code and example; "
            + Numbers.grouped(measured.codeBytes())
            + " of them instructions");
    line(
        text,
        "verified",
        measured.inputs()
            + " inputs, every layer equal to the golden model bit for bit, on QEMU's "
            + board.emulation().machine().name());
    line(text, "proves", board.emulation().proves());
    line(text, "but", board.emulation().limits());
  }

  private static void describe(StringBuilder text, Evaluation evaluation) {
    line(
        text,
        "int8",
        String.format(
            Locale.ROOT,
            "the float model's answer on %.1f %% of %,d calibration samples; mean output error"
                + " %.4f, largest %.4f; SQNR %.1f dB",
            100 * evaluation.agreement(),
            evaluation.samples(),
            evaluation.meanError(),
            evaluation.maximumError(),
            evaluation.decibels()));
  }

  static void line(StringBuilder text, String key, String value) {
    text.append("- ").append(key).append(": ").append(value).append('\n');
  }

  private static String perMac(long instructions, long macs) {
    return macs == 0 ? "" : String.format(Locale.ROOT, "%.2f", (double) instructions / macs);
  }

  private static void append(StringBuilder text, List<List<String>> rows) {
    MarkdownTable table =
        new MarkdownTable("rlll" + "r".repeat(rows.get(0).size() - 4), rows.get(0));
    rows.subList(1, rows.size()).forEach(table::row);
    text.append(table.text()).append('\n');
  }
}

package io.mcudeploy.emulator;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.board.Core;
import java.util.Map;
import java.util.Optional;

/**
 * What the {@linkplain CountingPlugin plugin} estimates cycles by: the table of instructions in a
 * core's manual, or, where the manual prints none, rules by which the core issues instructions,
 * from what is published and measured by others. {@code docs/cycles.md} lists the rules and their
 * sources.
 */
public enum CycleTable {
  CORTEX_M0(
      "m0",
      Kind.TABLE,
      1,
      2,
      2,
      "the instruction table of the Cortex-M0 (Arm DDI 0432), at the least that of the Cortex-M0+"
          + " (Arm DDI 0484); a multiplier of one cycle"),
  CORTEX_M3(
      "m3",
      Kind.TABLE,
      1,
      2,
      3,
      "the instruction table of the Cortex-M3 (Arm DDI 0337), a refill of 2 cycles, 1 to 3"),
  CORTEX_M4(
      "m4",
      Kind.TABLE,
      1,
      2,
      3,
      "the instruction table of the Cortex-M4 (Arm 100166), a refill of 2 cycles, 1 to 3"),
  CORTEX_M7(
      "m7",
      Kind.ISSUE_RULES,
      0,
      0,
      0,
      "issue rules of the Cortex-M7 (Arm's model in LLVM, measurements on STM32H7); branches that"
          + " are all predicted, up to each expected where it went before"),
  CORTEX_M33(
      "m33", Kind.ISSUE_RULES, 0, 0, 0, "issue rules of the Cortex-M33 (measurements on RP2350)"),
  CORTEX_M55(
      "m55",
      Kind.ISSUE_RULES,
      0,
      0,
      0,
      "issue rules of the Cortex-M55 (Arm's model in LLVM): two beats a vector instruction, which"
          + " overlap where pipes differ"),
  CV32E40P(
      "cv32e40p",
      Kind.TABLE,
      0,
      0,
      0,
      "the pipeline rules of the CV32E40P, whatever the board's core is");

  /** Where a core's rules are from. */
  private enum Kind {
    /** The manual of the core prints them; the range is that of refills and operands. */
    TABLE("an estimate by "),

    /** Others found them; the range is what they leave open. */
    ISSUE_RULES("an estimate by issue rules, not by a manual: ");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  private static final Map<String, CycleTable> OF_CORES =
      Map.of(
          "cortex-m0", CORTEX_M0,
          "cortex-m3", CORTEX_M3,
          "cortex-m4", CORTEX_M4,
          "cortex-m7", CORTEX_M7,
          "cortex-m33", CORTEX_M33,
          "cortex-m55", CORTEX_M55,
          "rv32imc", CV32E40P,
          "rv32imac", CV32E40P);

  private final String argument;
  private final Kind kind;
  private final int leastRefill;
  private final int refill;
  private final int mostRefill;
  private final String source;

  CycleTable(
      String argument, Kind kind, int leastRefill, int refill, int mostRefill, String source) {
    this.argument = argument;
    this.kind = kind;
    this.leastRefill = leastRefill;
    this.refill = refill;
    this.mostRefill = mostRefill;
    this.source = source;
  }

  /** The table or the rules for a core, if there are any. */
  public static Optional<CycleTable> of(Core core) {
    return Optional.ofNullable(OF_CORES.get(core.name()));
  }

  /** What the plugin is told: a table, or how to read the instructions that it only counts. */
  static String argument(Core core) {
    return of(core)
        .map(table -> table.argument)
        .orElse(core.architecture() == Architecture.ARM ? "arm" : "riscv");
  }

  /** The estimate: the usual refill of the pipeline, and half of what operands may add. */
  public long cycles(LayerCounts counts) {
    return counts.cycles() + refill * counts.refills() + counts.spread() / 2;
  }

  /** The estimate at the least. */
  public long leastCycles(LayerCounts counts) {
    return counts.cycles() + leastRefill * counts.refills();
  }

  /** The estimate at the most. */
  public long mostCycles(LayerCounts counts) {
    return counts.cycles() + mostRefill * counts.refills() + counts.spread();
  }

  /** What kind of estimate this is, where its rules are from, and what they assume. */
  public String description() {
    return kind.label + source + "; memory without wait states";
  }
}

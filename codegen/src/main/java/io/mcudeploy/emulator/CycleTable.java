package io.mcudeploy.emulator;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.board.Core;
import java.util.Map;
import java.util.Optional;

/**
 * Whose instruction table the {@linkplain CountingPlugin plugin} estimates cycles by. Only tables
 * that a manual prints are here: the manuals of Cortex-M7, M33 and M55 print none.
 */
public enum CycleTable {
  CORTEX_M0(
      "m0",
      1,
      2,
      2,
      "the instruction table of the Cortex-M0 (Arm DDI 0432), at the least that of the Cortex-M0+"
          + " (Arm DDI 0484); a multiplier of one cycle"),
  CORTEX_M3(
      "m3",
      1,
      2,
      3,
      "the instruction table of the Cortex-M3 (Arm DDI 0337), a refill of 2 cycles, 1 to 3"),
  CORTEX_M4(
      "m4",
      1,
      2,
      3,
      "the instruction table of the Cortex-M4 (Arm 100166), a refill of 2 cycles, 1 to 3"),
  CV32E40P("cv32e40p", 0, 0, 0, "the pipeline rules of the CV32E40P, whatever the board's core is");

  private static final Map<String, CycleTable> OF_CORES =
      Map.of(
          "cortex-m0", CORTEX_M0,
          "cortex-m3", CORTEX_M3,
          "cortex-m4", CORTEX_M4,
          "rv32imc", CV32E40P,
          "rv32imac", CV32E40P);

  private final String argument;
  private final int leastRefill;
  private final int refill;
  private final int mostRefill;
  private final String source;

  CycleTable(String argument, int leastRefill, int refill, int mostRefill, String source) {
    this.argument = argument;
    this.leastRefill = leastRefill;
    this.refill = refill;
    this.mostRefill = mostRefill;
    this.source = source;
  }

  /** The table for a core, if its manual has one. */
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

  /** Where the rules are from, and what they assume. */
  public String source() {
    return source + "; memory without wait states";
  }
}

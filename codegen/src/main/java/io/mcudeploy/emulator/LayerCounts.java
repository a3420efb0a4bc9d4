package io.mcudeploy.emulator;

/**
 * What a layer or a function executed in one inference.
 *
 * @param cycles the least number by a {@link CycleTable}, without refills of the pipeline
 * @param refills taken branches, where a table leaves open what they cost
 * @param spread cycles that instructions may take beyond the least number
 * @param loads instructions that load, one register or several
 * @param stores instructions that store
 * @param multiplies instructions that multiply, with or without an addition
 * @param branches instructions that may branch
 */
public record LayerCounts(
    long instructions,
    long cycles,
    long refills,
    long spread,
    long loads,
    long stores,
    long multiplies,
    long branches) {
  /** Nothing. */
  public static final LayerCounts NONE = new LayerCounts(0, 0, 0, 0, 0, 0, 0, 0);

  /** Both together. */
  public LayerCounts plus(LayerCounts other) {
    return new LayerCounts(
        instructions + other.instructions,
        cycles + other.cycles,
        refills + other.refills,
        spread + other.spread,
        loads + other.loads,
        stores + other.stores,
        multiplies + other.multiplies,
        branches + other.branches);
  }

  /** These without some of them. */
  LayerCounts minus(LayerCounts other) {
    return new LayerCounts(
        instructions - other.instructions,
        cycles - other.cycles,
        refills - other.refills,
        spread - other.spread,
        loads - other.loads,
        stores - other.stores,
        multiplies - other.multiplies,
        branches - other.branches);
  }
}

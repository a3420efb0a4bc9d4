package io.mcudeploy.plan;

import io.mcudeploy.quantized.Int8Array;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything decided about a network before its C is written. The schedule's graph holds the layers
 * in the order they run, which may differ from the order they were given in.
 *
 * @param lowerBound no plan with these kernels needs a smaller arena, in whatever order its layers
 *     run
 * @param weightRegions the memory of each layer's constants, by the layer's name, and of each
 *     constant tensor, by {@link #keyOf}, where it is not the board's first choice
 * @param whole what the smallest plan takes in which every layer runs as a whole, if some layers
 *     run row by row
 */
public record Plan(
    Schedule schedule,
    MemoryPlan memory,
    long lowerBound,
    Map<String, String> weightRegions,
    Optional<Costs> whole) {
  /**
   * What a plan takes.
   *
   * @param instructions an estimate
   * @param macs multiplications, those that stripes do twice included
   */
  public record Costs(int arenaBytes, long instructions, long macs) {
    /** Multiplications that are done twice if a plan without stripes takes other costs. */
    public long macsAgain(Costs whole) {
      return macs - whole.macs;
    }
  }

  public Plan {
    weightRegions = Collections.unmodifiableMap(new TreeMap<>(weightRegions));
  }

  /** A plan with all constants in one memory. */
  public Plan(Schedule schedule, MemoryPlan memory, long lowerBound) {
    this(schedule, memory, lowerBound, Map.of(), Optional.empty());
  }

  /** A plan whose order is given. */
  public Plan(Schedule schedule, MemoryPlan memory) {
    this(schedule, memory, memory.lowerBound());
  }

  /** What a constant tensor is called among {@link #weightRegions}: as no layer is. */
  public static String keyOf(String constant) {
    return "constant\n" + constant;
  }

  /** The same plan with all of the arena in one memory. */
  public Plan in(String region) {
    return new Plan(schedule, memory.in(region), lowerBound, weightRegions, whole);
  }

  /** The same plan with layers' constants in other memories than the board's first choice. */
  public Plan with(Map<String, String> regions) {
    return new Plan(schedule, memory, lowerBound, regions, whole);
  }

  /** The same plan instead of one in which every layer runs as a whole. */
  Plan insteadOf(Plan other) {
    return new Plan(schedule, memory, lowerBound, weightRegions, Optional.of(other.costs()));
  }

  /** Multiplications that are done twice, where layers run in stripes. */
  public long macsAgain() {
    return whole.map(costs()::macsAgain).orElse(0L);
  }

  /** What this plan takes. */
  public Costs costs() {
    return new Costs(arenaBytes(), schedule.cost(), schedule.graph().macs());
  }

  public int arenaBytes() {
    return memory.bytes();
  }

  /** Bytes between the arena and what is proven to be needed. */
  public long gap() {
    return arenaBytes() - lowerBound;
  }

  /** Bytes of all constants in flash, those of kernels and constant tensors. */
  public int constantBytes() {
    return schedule.newConstantBytes().stream().mapToInt(Integer::intValue).sum() + tensorBytes();
  }

  /**
   * Whether all constants are within a limit. They are compared with each other, which may mean to
   * work them out, only where it depends on that.
   */
  boolean keepsFlash(long bytes) {
    long apart = schedule.steps().stream().mapToLong(Step::constantBytes).sum();
    return apart + tensorBytes() <= bytes || constantBytes() <= bytes;
  }

  private int tensorBytes() {
    return schedule.graph().constants().values().stream().mapToInt(Int8Array::length).sum();
  }

  @Override
  public String toString() {
    return schedule + "arena\n" + memory + (weightRegions.isEmpty() ? "" : weightRegions);
  }
}

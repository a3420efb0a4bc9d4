package io.mcudeploy.plan;

/**
 * Everything decided about a network before its C is written. The schedule's graph holds the layers
 * in the order they run, which may differ from the order they were given in.
 *
 * @param lowerBound no plan with these kernels needs a smaller arena, in whatever order its layers
 *     run
 */
public record Plan(Schedule schedule, MemoryPlan memory, long lowerBound) {
  /** A plan whose order is given. */
  public Plan(Schedule schedule, MemoryPlan memory) {
    this(schedule, memory, memory.lowerBound());
  }

  public int arenaBytes() {
    return memory.bytes();
  }

  /** Bytes between the arena and what is proven to be needed. */
  public long gap() {
    return arenaBytes() - lowerBound;
  }

  @Override
  public String toString() {
    return schedule + "arena\n" + memory;
  }
}

package io.mcudeploy.plan;

/** Everything decided about a network before its C is written. */
public record Plan(Schedule schedule, MemoryPlan memory) {
  public int arenaBytes() {
    return memory.bytes();
  }

  @Override
  public String toString() {
    return schedule + "arena\n" + memory;
  }
}

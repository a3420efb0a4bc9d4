package io.mcudeploy.plan;

import java.util.Map;
import java.util.Set;

/**
 * Places buffers in the arena so that buffers alive at the same time never overlap, unless an
 * {@link Overlap} lets them, and the arena is small. Every plan comes from an order of the buffers:
 * each in turn goes to the lowest free place. Some order gives the optimum, so for few buffers all
 * orders are searched (with bounds), and for many a handful of good ones, improved by swapping. The
 * search stops as soon as the lower bound is reached, which it nearly always is.
 */
public final class MemoryPlanner {
  private static final Traffic NO_TRAFFIC = new Traffic(Map.of());

  private final int alignment;
  private final Banks banks;

  /** For one memory without a limit. */
  public MemoryPlanner(int alignment) {
    this(alignment, Banks.UNLIMITED);
  }

  /**
   * @param alignment of every buffer, in bytes, a power of two up to 64
   * @param banks where buffers may lie; a plan that they have no room for goes on behind them
   */
  public MemoryPlanner(int alignment, Banks banks) {
    if (Integer.bitCount(alignment) != 1 || alignment > 64) {
      throw new IllegalArgumentException("alignment " + alignment);
    }
    this.alignment = alignment;
    this.banks = banks;
  }

  /** The tensors whose memory is not the planner's choice. */
  Set<String> pinned() {
    return banks.pins().keySet();
  }

  /** A small plan; the same for the same buffers. */
  public MemoryPlan plan(Lifetimes lifetimes) {
    return plan(lifetimes, NO_TRAFFIC);
  }

  /**
   * A small plan. Where there are several memories, the faster ones hold what is accessed most.
   *
   * @param traffic how often buffers are accessed
   */
  public MemoryPlan plan(Lifetimes lifetimes, Traffic traffic) {
    return plan(lifetimes, traffic, 0);
  }

  /**
   * The first small plan found that is no larger than what is enough, or else the smallest. Where
   * there are several memories, one that fits is enough.
   *
   * @param enough bytes, or 0 for the best plan that can be found
   */
  MemoryPlan plan(Lifetimes lifetimes, Traffic traffic, long enough) {
    return new ArenaLayout(lifetimes, alignment, banks).plan(traffic, enough, occupancy(lifetimes));
  }

  /** How many bytes buffers take at least. */
  Occupancy occupancy(Lifetimes lifetimes) {
    return new Occupancy(lifetimes, alignment);
  }
}

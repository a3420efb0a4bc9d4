package io.mcudeploy.plan;

import java.util.List;
import java.util.Locale;

/**
 * Where every buffer lies in the arena.
 *
 * @param bytes size of the arena
 * @param lowerBound no plan of these buffers can be smaller: the most bytes alive at one layer
 * @param peakLayer number of a layer at which that many are alive; 0 without buffers
 */
public record MemoryPlan(List<Placement> placements, int bytes, int lowerBound, int peakLayer) {
  public MemoryPlan {
    placements = List.copyOf(placements);
  }

  /**
   * Where a tensor or scratch buffer lies.
   *
   * @throws IllegalArgumentException if it is not in the arena
   */
  public Placement of(String name) {
    return placements.stream()
        .filter(placement -> placement.buffer().names().contains(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " is not in the arena"));
  }

  public boolean contains(String name) {
    return placements.stream().anyMatch(placement -> placement.buffer().names().contains(name));
  }

  /** What is alive while a layer runs. */
  public List<Placement> aliveAt(int layer) {
    return placements.stream()
        .filter(p -> p.buffer().first() <= layer && layer <= p.buffer().last())
        .toList();
  }

  /** One line per buffer, then the peak. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Placement placement : placements) {
      Buffer buffer = placement.buffer();
      text.append(
          String.format(
              Locale.ROOT,
              "  %7d..%-7d layers %d..%d  %s\n",
              placement.offset(),
              placement.end() - 1,
              buffer.first(),
              buffer.last(),
              String.join(", ", buffer.names())));
    }
    return text.append("  peak ").append(bytes).append(", lower bound ").append(lowerBound) + "\n";
  }
}

package io.mcudeploy.plan;

import java.util.List;
import java.util.Locale;

/**
 * Where every buffer lies in the arena.
 *
 * @param parts what the arena takes of each memory it uses; at least one
 * @param bytes size of the arena, all parts together
 * @param lowerBound no plan of these buffers can be smaller: the most bytes alive at one layer
 * @param peakLayer number of a layer at which that many are alive; 0 without buffers
 */
public record MemoryPlan(
    List<Placement> placements, List<Part> parts, int bytes, int lowerBound, int peakLayer) {

  /**
   * The part of the arena that lies in one memory.
   *
   * @param region the memory's name in the board's description; empty if there is no choice, or if
   *     no memory has room
   * @param start the offset, in placements, of its first byte
   */
  public record Part(String region, int start, int bytes) {}

  public MemoryPlan {
    placements = List.copyOf(placements);
    parts = parts.isEmpty() ? List.of(new Part("", 0, 0)) : List.copyOf(parts);
  }

  /** The number of the part, from 0, that holds a tensor or scratch buffer. */
  public int part(String name) {
    int part = 0;
    while (part + 1 < parts.size() && of(name).offset() >= parts.get(part + 1).start()) {
      part++;
    }
    return part;
  }

  /** Bytes from the start of its part to a tensor or scratch buffer. */
  public int offset(String name) {
    Placement place = of(name);
    return place.offset() + place.buffer().start(name) - parts.get(part(name)).start();
  }

  /** The same plan with all of the arena in one memory. */
  public MemoryPlan in(String region) {
    if (parts.size() > 1) {
      throw new IllegalStateException("the arena has " + parts.size() + " parts");
    }
    Part only = parts.get(0);
    return new MemoryPlan(
        placements,
        List.of(new Part(region, only.start(), only.bytes())),
        bytes,
        lowerBound,
        peakLayer);
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
    if (parts.size() > 1) {
      parts.forEach(part -> text.append("  ").append(part).append('\n'));
    }
    return text.append("  peak ").append(bytes).append(", lower bound ").append(lowerBound) + "\n";
  }
}

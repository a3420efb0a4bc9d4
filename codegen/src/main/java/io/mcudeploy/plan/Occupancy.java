package io.mcudeploy.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many bytes buffers take while a layer runs: a bound for every layout, in which each buffer
 * but the last is padded to its alignment, and an {@link Overlap} saves what it can save at most.
 */
final class Occupancy {
  private final List<Buffer> buffers;
  private final Map<Buffer, Overlap> overlaps = new HashMap<>();
  private final int alignment;

  Occupancy(Lifetimes lifetimes, int alignment) {
    this.buffers = lifetimes.buffers();
    this.alignment = alignment;
    lifetimes.overlaps().forEach(overlap -> overlaps.put(overlap.output(), overlap));
  }

  /** The number of a layer during which the most bytes are in use; 0 without buffers. */
  int peakLayer() {
    int peakLayer = 0;
    int most = 0;
    for (Buffer buffer : buffers) {
      // The number of bytes in use only grows where some buffer starts.
      int bytes = during(buffer.first());
      if (peakLayer == 0 || bytes > most) {
        peakLayer = buffer.first();
        most = bytes;
      }
    }
    return peakLayer;
  }

  /** The most bytes in use during any layer. */
  int peak() {
    return during(peakLayer());
  }

  /** Bytes in use during a layer. */
  int during(int layer) {
    int sum = 0;
    int largestPadding = 0;
    for (Buffer buffer : buffers) {
      if (buffer.first() <= layer && layer <= buffer.last()) {
        int aligned = align(buffer.bytes());
        sum += aligned;
        largestPadding = Math.max(largestPadding, aligned - buffer.bytes());
        Overlap overlap = overlaps.isEmpty() ? null : overlaps.get(buffer);
        if (overlap != null && layer <= overlap.input().last()) {
          int apart = aligned + align(overlap.input().bytes());
          sum -= Math.max(0, apart - overlap.bytes());
        }
      }
    }
    return sum - largestPadding;
  }

  private int align(int bytes) {
    return (bytes + alignment - 1) & -alignment;
  }
}

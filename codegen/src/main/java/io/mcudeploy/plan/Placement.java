package io.mcudeploy.plan;

/**
 * A buffer and where it lies.
 *
 * @param offset bytes from the arena's start
 */
public record Placement(Buffer buffer, int offset) {
  /** The first byte behind it. */
  public int end() {
    return offset + buffer.bytes();
  }

  /** Whether any byte belongs to both. */
  public boolean overlaps(Placement other) {
    return offset < other.end() && other.offset < end();
  }
}

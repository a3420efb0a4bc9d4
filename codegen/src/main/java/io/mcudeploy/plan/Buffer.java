package io.mcudeploy.plan;

import java.util.List;

/**
 * Bytes of the arena that are in use from one layer to another, both included.
 *
 * @param names what lies there: tensors that take each other's place, or one scratch buffer
 * @param bytes at least 1
 * @param first number of the layer that writes it first
 * @param last number of the layer that reads it last
 */
public record Buffer(List<String> names, int bytes, int first, int last) {
  public Buffer {
    names = List.copyOf(names);
    if (names.isEmpty() || bytes < 1 || first > last) {
      throw new IllegalArgumentException(names + ": " + bytes + " bytes in " + first + ".." + last);
    }
  }

  /** Whether both are in use during some layer, so that they must not overlap. */
  public boolean meets(Buffer other) {
    return first <= other.last && other.first <= last;
  }
}

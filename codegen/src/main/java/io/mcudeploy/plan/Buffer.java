package io.mcudeploy.plan;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bytes of the arena that are in use from one layer to another, both included.
 *
 * @param names what lies there: tensors that take each other's place or are parts of one another,
 *     or one scratch buffer
 * @param starts bytes from the buffer's start to the tensors that begin later
 * @param bytes at least 1
 * @param first number of the layer that writes it first
 * @param last number of the layer that reads it last
 */
public record Buffer(
    List<String> names, Map<String, Integer> starts, int bytes, int first, int last) {
  public Buffer {
    names = List.copyOf(names);
    starts = Collections.unmodifiableMap(new TreeMap<>(starts));
    if (names.isEmpty() || bytes < 1 || first > last) {
      throw new IllegalArgumentException(names + ": " + bytes + " bytes in " + first + ".." + last);
    }
  }

  /** Tensors that all begin where the buffer begins. */
  public Buffer(List<String> names, int bytes, int first, int last) {
    this(names, Map.of(), bytes, first, last);
  }

  /** Bytes from the buffer's start to one of what lies there. */
  public int start(String name) {
    return starts.getOrDefault(name, 0);
  }

  /** Whether both are in use during some layer, so that they must not overlap. */
  public boolean meets(Buffer other) {
    return first <= other.last && other.first <= last;
  }
}

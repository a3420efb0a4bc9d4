package io.mcudeploy.quantized.operators;

/** What computed indices mean. */
final class Positions {
  private Positions() {}

  /**
   * The position of an index: a negative one counts from the end, and the nearest position stands
   * for one that does not exist, so that no input can reach foreign memory.
   */
  static int of(int index, int extent) {
    int fromStart = index < 0 ? index + extent : index;
    return Math.max(0, Math.min(extent - 1, fromStart));
  }

  /** Bytes of a list of indices in flash: each as the smallest integer that holds the largest. */
  static long bytes(int count, int largest) {
    return (long) count * (largest < 1 << 8 ? 1 : largest < 1 << 16 ? 2 : 4);
  }
}

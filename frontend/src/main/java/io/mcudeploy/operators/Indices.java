package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.TensorType;

/** Indices that are computed, so that nothing but their type is known beforehand. */
final class Indices {
  private Indices() {}

  static void checkType(Operator operator, TensorType type) {
    if (type.element().isFloat() || type.element() == ElementType.BOOL) {
      throw new IllegalArgumentException(
          operator.kind() + " needs integers for its indices, not " + type);
    }
  }

  /**
   * The position an index means: a negative one counts from the end, and the nearest position
   * stands for one that does not exist, so that no input can reach foreign memory.
   */
  static int position(long index, int extent) {
    long fromStart = index < 0 ? index + extent : index;
    return (int) Math.max(0, Math.min(extent - 1, fromStart));
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.ir.Shape;

/** Index arithmetic of the golden model. */
final class Strides {
  private Strides() {}

  /** For each element of a shape, row-major: offset + Σ coordinate · stride. */
  static int[] indices(Shape shape, int[] strides, int offset) {
    int[] extents = shape.extents();
    int[] indices = new int[shape.elements()];
    int[] coordinates = new int[extents.length];
    int index = offset;
    for (int i = 0; i < indices.length; i++) {
      indices[i] = index;
      for (int axis = extents.length - 1; axis >= 0; axis--) {
        index += strides[axis];
        if (++coordinates[axis] < extents[axis]) {
          break;
        }
        index -= coordinates[axis] * strides[axis];
        coordinates[axis] = 0;
      }
    }
    return indices;
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;

/**
 * A way to look at a tensor's elements as another shape: each axis of the view has a stride in the
 * tensor, in elements, which may be 0 (repeat) or negative (backwards).
 */
final class StridedView {
  private final Shape shape;
  private final int[] strides;
  private final int offset;

  /**
   * @param strides one for each axis of {@code shape}
   * @param offset of the view's first element in the tensor
   */
  StridedView(Shape shape, int[] strides, int offset) {
    this.shape = shape;
    this.strides = strides.clone();
    this.offset = offset;
  }

  /** Repeats axes of extent 1, and adds leading axes, as ONNX and NumPy broadcast. */
  static StridedView broadcast(Shape from, Shape to) {
    int[] strides = new int[to.rank()];
    int[] own = from.strides();
    int added = to.rank() - from.rank();
    for (int axis = 0; axis < own.length; axis++) {
      strides[axis + added] = from.extent(axis) == 1 ? 0 : own[axis];
    }
    return new StridedView(to, strides, 0);
  }

  /** The view's axis {@code i} is the tensor's axis {@code permutation[i]}. */
  static StridedView transposed(Shape from, int[] permutation) {
    int[] own = from.strides();
    int[] strides = new int[permutation.length];
    int[] extents = new int[permutation.length];
    for (int i = 0; i < permutation.length; i++) {
      strides[i] = own[permutation[i]];
      extents[i] = from.extent(permutation[i]);
    }
    return new StridedView(Shape.of(extents), strides, 0);
  }

  /** The number of elements along the last axis; 1 for a scalar. */
  int rowLength() {
    return shape.rank() == 0 ? 1 : shape.extent(-1);
  }

  /** The tensor's stride along the view's last axis; 0 for a scalar. */
  int rowStride() {
    return strides.length == 0 ? 0 : strides[strides.length - 1];
  }

  /** Where in the tensor each row of the view begins, in the view's order. */
  int[] rowStarts() {
    int length = rowLength();
    int[] starts = new int[length == 0 ? 0 : shape.elements() / length];
    int[] index = new int[Math.max(0, shape.rank() - 1)];
    int start = offset;
    for (int row = 0; row < starts.length; row++) {
      starts[row] = start;
      for (int axis = index.length - 1; axis >= 0; axis--) {
        start += strides[axis];
        if (++index[axis] < shape.extent(axis)) {
          break;
        }
        start -= index[axis] * strides[axis];
        index[axis] = 0;
      }
    }
    return starts;
  }

  /** A tensor of the view's shape, with the elements copied out. */
  Tensor read(Tensor tensor) {
    ElementType element = tensor.type().element();
    Object from = Elements.arrayOf(tensor);
    Object to = Elements.newArray(element, shape.elements());
    int length = rowLength();
    int stride = rowStride();
    int position = 0;
    for (int start : rowStarts()) {
      if (stride == 1) {
        System.arraycopy(from, start, to, position, length);
      } else if (from instanceof float[] floats) {
        copy(floats, start, stride, (float[]) to, position, length);
      } else {
        copy((long[]) from, start, stride, (long[]) to, position, length);
      }
      position += length;
    }
    return Elements.tensor(element, shape, to);
  }

  private static void copy(float[] from, int start, int stride, float[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = from[start + i * stride];
    }
  }

  private static void copy(long[] from, int start, int stride, long[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = from[start + i * stride];
    }
  }
}

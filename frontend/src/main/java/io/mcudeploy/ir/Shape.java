package io.mcudeploy.ir;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The extents of a tensor, outermost first; row-major, so the last dimension is contiguous. A
 * scalar has rank 0 and one element.
 */
public final class Shape {
  private final int[] extents;

  private Shape(int[] extents) {
    long elements = 1;
    for (int extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException("negative extent in " + Arrays.toString(extents));
      }
      elements *= extent;
      if (elements > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("too many elements in " + Arrays.toString(extents));
      }
    }
    this.extents = extents;
  }

  public static Shape of(int... extents) {
    return new Shape(extents.clone());
  }

  public static Shape of(List<Integer> extents) {
    return new Shape(extents.stream().mapToInt(Integer::intValue).toArray());
  }

  public int rank() {
    return extents.length;
  }

  /** The extent of one axis; a negative axis counts from the end, as in ONNX. */
  public int extent(int axis) {
    return extents[axis < 0 ? axis + extents.length : axis];
  }

  /** A copy of the extents. */
  public int[] extents() {
    return extents.clone();
  }

  /** The number of elements, 1 for a scalar. */
  public int elements() {
    int elements = 1;
    for (int extent : extents) {
      elements *= extent;
    }
    return elements;
  }

  /** Row-major strides in elements. */
  public int[] strides() {
    int[] strides = new int[extents.length];
    int stride = 1;
    for (int axis = extents.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= extents[axis];
    }
    return strides;
  }

  /** This shape with one extent replaced. */
  public Shape with(int axis, int extent) {
    int[] changed = extents.clone();
    changed[axis < 0 ? axis + extents.length : axis] = extent;
    return new Shape(changed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /** As {@code [1, 28, 28, 1]}. */
  @Override
  public String toString() {
    return Arrays.stream(extents)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}

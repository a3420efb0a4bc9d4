package io.mcudeploy.ir;

import java.util.List;

/**
 * The real numbers that integers stand for: real = scale · (integer − zeroPoint).
 *
 * @param scales positive and finite; one for the whole tensor, or one for each index along an axis
 * @param zeroPoints as many
 * @param axis along which the scales change; without meaning if there is only one
 */
public record Grid(List<Double> scales, List<Integer> zeroPoints, int axis) {
  public Grid {
    scales = List.copyOf(scales);
    zeroPoints = List.copyOf(zeroPoints);
    if (scales.isEmpty() || scales.size() != zeroPoints.size()) {
      throw new IllegalArgumentException(
          scales.size() + " scales and " + zeroPoints.size() + " zero points");
    }
    for (double scale : scales) {
      if (!(scale > 0) || Double.isInfinite(scale)) {
        throw new IllegalArgumentException("a quantization scale is " + scale);
      }
    }
    axis = scales.size() == 1 ? 0 : axis;
  }

  /** One scale and zero point for the whole tensor. */
  public static Grid perTensor(double scale, int zeroPoint) {
    return new Grid(List.of(scale), List.of(zeroPoint), 0);
  }

  public boolean isPerTensor() {
    return scales.size() == 1;
  }

  /** The scale of a tensor that has one. */
  public double scale() {
    requirePerTensor();
    return scales.get(0);
  }

  /** The zero point of a tensor that has one. */
  public int zeroPoint() {
    requirePerTensor();
    return zeroPoints.get(0);
  }

  /** This grid with its axis at another place. */
  public Grid withAxis(int newAxis) {
    return new Grid(scales, zeroPoints, newAxis);
  }

  /**
   * For each element of a tensor, which of the scales is its own.
   *
   * @throws IllegalArgumentException if the tensor has another number of indices along the axis
   */
  public int[] indices(Shape shape) {
    int[] indices = new int[shape.elements()];
    if (isPerTensor()) {
      return indices;
    }
    if (axis < 0 || axis >= shape.rank() || shape.extent(axis) != scales.size()) {
      throw new IllegalArgumentException(
          scales.size() + " scales along axis " + axis + " of a tensor of shape " + shape);
    }
    int inner = shape.strides()[axis];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i / inner % scales.size();
    }
    return indices;
  }

  private void requirePerTensor() {
    if (!isPerTensor()) {
      throw new IllegalStateException("there are " + scales.size() + " scales");
    }
  }
}

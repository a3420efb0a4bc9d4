package io.mcudeploy.quantized.operators;

import io.mcudeploy.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Two operands of equal rank, elementwise; an extent of 1 is repeated to match the other operand.
 * In the canonical form that {@link #of} gives, no axis has extent 1 in both and neighbouring axes
 * that behave alike are one, so equal work has an equal record: two tensors of the same shape are
 * {@code [n], [n]}, a tensor and a scalar {@code [n], [1]}.
 */
public record Broadcast(Shape left, Shape right) {
  public Broadcast {
    Checks.require(
        left.rank() >= 1 && left.rank() == right.rank(), left + " against " + right + ": ranks");
    for (int axis = 0; axis < left.rank(); axis++) {
      int a = left.extent(axis);
      int b = right.extent(axis);
      Checks.require(a >= 1 && (a == b || a == 1 || b == 1), left + " against " + right);
    }
  }

  /** The canonical form of a broadcast in ONNX's sense: shapes are aligned at their last axes. */
  public static Broadcast of(Shape left, Shape right) {
    int rank = Math.max(left.rank(), right.rank());
    List<Integer> lefts = new ArrayList<>();
    List<Integer> rights = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int a = extent(left, axis - (rank - left.rank()));
      int b = extent(right, axis - (rank - right.rank()));
      int last = lefts.size() - 1;
      if (a == 1 && b == 1) {
        continue;
      }
      if (last >= 0 && isAlike(lefts.get(last), rights.get(last), a, b)) {
        lefts.set(last, lefts.get(last) * a);
        rights.set(last, rights.get(last) * b);
      } else {
        lefts.add(a);
        rights.add(b);
      }
    }
    if (lefts.isEmpty()) {
      lefts.add(1);
      rights.add(1);
    }
    return new Broadcast(Shape.of(lefts), Shape.of(rights));
  }

  /** The shape of the result. */
  public Shape output() {
    Shape output = left;
    for (int axis = 0; axis < left.rank(); axis++) {
      output = output.with(axis, Math.max(left.extent(axis), right.extent(axis)));
    }
    return output;
  }

  /** Whether no operand is repeated. */
  public boolean isElementwise() {
    return left.equals(right);
  }

  /** For each element of the output, row-major, the index into the left operand. */
  int[] leftIndices() {
    return indices(left);
  }

  /** For each element of the output, row-major, the index into the right operand. */
  int[] rightIndices() {
    return indices(right);
  }

  @Override
  public String toString() {
    return isElementwise() ? left.toString() : left + ", " + right;
  }

  private int[] indices(Shape operand) {
    int[] strides = operand.strides();
    for (int axis = 0; axis < strides.length; axis++) {
      if (operand.extent(axis) == 1) {
        strides[axis] = 0;
      }
    }
    return Strides.indices(output(), strides, 0);
  }

  private static int extent(Shape shape, int axis) {
    return axis < 0 ? 1 : shape.extent(axis);
  }

  private static boolean isAlike(int a, int b, int nextA, int nextB) {
    return (a == b && nextA == nextB) || (a == 1 && nextA == 1) || (b == 1 && nextB == 1);
  }
}

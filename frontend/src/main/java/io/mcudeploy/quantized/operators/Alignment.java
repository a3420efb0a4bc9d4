package io.mcudeploy.quantized.operators;

import io.mcudeploy.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Operands of equal rank, elementwise; an extent of 1 is repeated to match the other operands. In
 * the canonical form that {@link #of} gives, no axis has extent 1 in all and neighbouring axes that
 * behave alike are one, so equal work has an equal record.
 */
public record Alignment(List<Shape> operands) {
  public Alignment {
    operands = List.copyOf(operands);
    check(operands);
  }

  /** The canonical form of a broadcast in ONNX's sense: shapes are aligned at their last axes. */
  public static Alignment of(List<Shape> shapes) {
    int rank = shapes.stream().mapToInt(Shape::rank).max().orElse(0);
    List<List<Integer>> axes = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int fromEnd = rank - axis;
      List<Integer> extents =
          shapes.stream()
              .map(shape -> fromEnd > shape.rank() ? 1 : shape.extent(-fromEnd))
              .toList();
      int last = axes.size() - 1;
      if (extents.stream().allMatch(extent -> extent == 1)) {
        continue;
      }
      if (last >= 0 && isAlike(axes.get(last), extents)) {
        axes.set(last, products(axes.get(last), extents));
      } else {
        axes.add(extents);
      }
    }
    if (axes.isEmpty()) {
      axes.add(shapes.stream().map(shape -> 1).toList());
    }
    List<Shape> operands = new ArrayList<>();
    for (int operand = 0; operand < shapes.size(); operand++) {
      int index = operand;
      operands.add(Shape.of(axes.stream().map(extents -> extents.get(index)).toList()));
    }
    return new Alignment(operands);
  }

  public Shape operand(int index) {
    return operands.get(index);
  }

  /** The shape of the result. */
  public Shape output() {
    Shape output = operands.get(0);
    for (int axis = 0; axis < output.rank(); axis++) {
      output = output.with(axis, extent(operands, axis));
    }
    return output;
  }

  /** For each element of the output, row-major, the index into an operand. */
  int[] indices(int index) {
    Shape operand = operands.get(index);
    int[] strides = operand.strides();
    for (int axis = 0; axis < strides.length; axis++) {
      if (operand.extent(axis) == 1) {
        strides[axis] = 0;
      }
    }
    return Strides.indices(output(), strides, 0);
  }

  @Override
  public String toString() {
    return operands.stream().distinct().count() == 1
        ? operands.get(0).toString()
        : operands.stream().map(Shape::toString).collect(Collectors.joining(", "));
  }

  /** Throws if these are no operands of equal rank whose extents are equal or 1. */
  static void check(List<Shape> operands) {
    Checks.positive("operands", operands.size());
    int rank = operands.get(0).rank();
    Checks.require(rank >= 1, "operands without axes");
    for (Shape operand : operands) {
      Checks.require(operand.rank() == rank, () -> operands + ": ranks");
    }
    for (int axis = 0; axis < rank; axis++) {
      int extent = extent(operands, axis);
      for (Shape operand : operands) {
        int own = operand.extent(axis);
        Checks.require(own >= 1 && (own == 1 || own == extent), () -> operands + ": extents");
      }
    }
  }

  private static int extent(List<Shape> operands, int axis) {
    return operands.stream().mapToInt(operand -> operand.extent(axis)).max().orElse(1);
  }

  /** Whether each operand either walks through both axes or repeats along both. */
  private static boolean isAlike(List<Integer> outer, List<Integer> inner) {
    int outerExtent = outer.stream().mapToInt(Integer::intValue).max().orElse(1);
    int innerExtent = inner.stream().mapToInt(Integer::intValue).max().orElse(1);
    for (int operand = 0; operand < outer.size(); operand++) {
      boolean walks = outer.get(operand) == outerExtent && inner.get(operand) == innerExtent;
      boolean repeats = outer.get(operand) == 1 && inner.get(operand) == 1;
      if (!walks && !repeats) {
        return false;
      }
    }
    return true;
  }

  private static List<Integer> products(List<Integer> outer, List<Integer> inner) {
    List<Integer> products = new ArrayList<>();
    for (int operand = 0; operand < outer.size(); operand++) {
      products.add(outer.get(operand) * inner.get(operand));
    }
    return products;
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.ir.Shape;
import java.util.List;

/**
 * Two operands of equal rank, elementwise; an extent of 1 is repeated to match the other operand.
 * In the canonical form that {@link #of} gives, no axis has extent 1 in both and neighbouring axes
 * that behave alike are one, so equal work has an equal record: two tensors of the same shape are
 * {@code [n], [n]}, a tensor and a scalar {@code [n], [1]}.
 */
public record Broadcast(Shape left, Shape right) {
  public Broadcast {
    Alignment.check(List.of(left, right));
  }

  /** The canonical form of a broadcast in ONNX's sense: shapes are aligned at their last axes. */
  public static Broadcast of(Shape left, Shape right) {
    Alignment alignment = Alignment.of(List.of(left, right));
    return new Broadcast(alignment.operand(0), alignment.operand(1));
  }

  /** The same as operands of a list. */
  public Alignment alignment() {
    return new Alignment(List.of(left, right));
  }

  /** The shape of the result. */
  public Shape output() {
    return alignment().output();
  }

  /** Whether no operand is repeated. */
  public boolean isElementwise() {
    return left.equals(right);
  }

  /** Elements of two operands of which none is repeated; else 0. */
  int parts() {
    return isElementwise() ? left.elements() : 0;
  }

  /** Two operands of so many elements each, none repeated. */
  static Broadcast ofParts(int parts) {
    return new Broadcast(Shape.of(parts), Shape.of(parts));
  }

  /** For each element of the output, row-major, the index into the left operand. */
  int[] leftIndices() {
    return alignment().indices(0);
  }

  /** For each element of the output, row-major, the index into the right operand. */
  int[] rightIndices() {
    return alignment().indices(1);
  }

  @Override
  public String toString() {
    return isElementwise() ? left.toString() : left + ", " + right;
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Combines two tensors element by element. Both have the same element type, real or integer; axes
 * of extent 1 and missing leading axes are repeated.
 */
public record Binary(BinaryFunction function) implements Operator {
  @Override
  public String kind() {
    return function.kind();
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 2, 2);
    TensorType left = inputs.get(0);
    TensorType right = inputs.get(1);
    if (left.element() != right.element() || left.element() == ElementType.BOOL) {
      throw new IllegalArgumentException(
          kind() + " cannot combine " + left + " and " + right + ": the element types do not fit");
    }
    return List.of(
        new TensorType(left.element(), Broadcast.shape(this, left.shape(), right.shape())));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor left = inputs.get(0);
    Tensor right = inputs.get(1);
    Shape shape = Broadcast.shape(this, left.shape(), right.shape());
    StridedView leftView = StridedView.broadcast(left.shape(), shape);
    StridedView rightView = StridedView.broadcast(right.shape(), shape);
    int[] leftRows = leftView.rowStarts();
    int[] rightRows = rightView.rowStarts();
    int count = leftView.rowLength();
    if (left instanceof Tensor.Floats leftFloats && right instanceof Tensor.Floats rightFloats) {
      float[] results = new float[shape.elements()];
      Row row =
          new Row(
              leftFloats.values(),
              leftView.rowStride(),
              rightFloats.values(),
              rightView.rowStride(),
              results,
              count);
      for (int i = 0; i < leftRows.length; i++) {
        row.combine(function, leftRows[i], rightRows[i], i * count);
      }
      return List.of(new Tensor.Floats(shape, results));
    }
    long[] leftValues = ((Tensor.Integers) left).values();
    long[] rightValues = ((Tensor.Integers) right).values();
    ElementType element = left.type().element();
    long[] results = new long[shape.elements()];
    for (int i = 0; i < leftRows.length; i++) {
      for (int j = 0; j < count; j++) {
        long result =
            function.apply(
                leftValues[leftRows[i] + j * leftView.rowStride()],
                rightValues[rightRows[i] + j * rightView.rowStride()]);
        results[i * count + j] = Elements.wrap(element, result);
      }
    }
    return List.of(new Tensor.Integers(element, shape, results));
  }

  /** The innermost loop on real numbers; spelled out for the functions that carry networks. */
  private static final class Row {
    private final float[] left;
    private final int leftStride;
    private final float[] right;
    private final int rightStride;
    private final float[] results;
    private final int count;

    Row(float[] left, int leftStride, float[] right, int rightStride, float[] results, int count) {
      this.left = left;
      this.leftStride = leftStride;
      this.right = right;
      this.rightStride = rightStride;
      this.results = results;
      this.count = count;
    }

    void combine(BinaryFunction function, int leftStart, int rightStart, int start) {
      switch (function) {
        case ADD -> {
          for (int i = 0; i < count; i++) {
            results[start + i] =
                left[leftStart + i * leftStride] + right[rightStart + i * rightStride];
          }
        }
        case SUB -> {
          for (int i = 0; i < count; i++) {
            results[start + i] =
                left[leftStart + i * leftStride] - right[rightStart + i * rightStride];
          }
        }
        case MUL -> {
          for (int i = 0; i < count; i++) {
            results[start + i] =
                left[leftStart + i * leftStride] * right[rightStart + i * rightStride];
          }
        }
        case DIV -> {
          for (int i = 0; i < count; i++) {
            results[start + i] =
                left[leftStart + i * leftStride] / right[rightStart + i * rightStride];
          }
        }
        default -> {
          for (int i = 0; i < count; i++) {
            double a = left[leftStart + i * leftStride];
            double b = right[rightStart + i * rightStride];
            results[start + i] = (float) function.apply(a, b);
          }
        }
      }
    }
  }
}

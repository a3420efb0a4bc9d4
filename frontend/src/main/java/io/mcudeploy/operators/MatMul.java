package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * Multiplies matrices: {@code [.., M, K]} by {@code [.., K, N]} gives {@code [.., M, N]}. The
 * leading axes are broadcast.
 */
public record MatMul() implements Operator {
  @Override
  public String kind() {
    return "MatMul";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 2, 2);
    Shape left = Operands.floats(this, inputs, 0, "left matrix");
    Shape right = Operands.floats(this, inputs, 1, "right matrix");
    if (left.rank() < 2 || right.rank() < 2 || left.extent(-1) != right.extent(-2)) {
      throw new IllegalArgumentException("MatMul cannot multiply " + left + " by " + right);
    }
    int[] batch = Broadcast.shape(this, batch(left), batch(right)).extents();
    int[] extents = Arrays.copyOf(batch, batch.length + 2);
    extents[batch.length] = left.extent(-2);
    extents[batch.length + 1] = right.extent(-1);
    return List.of(TensorType.floats(Shape.of(extents)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape left = inputs.get(0).shape();
    Shape right = inputs.get(1).shape();
    Shape shape = outputTypes(inputs.stream().map(Tensor::type).toList()).get(0).shape();
    float[] results = new float[shape.elements()];
    int rows = left.extent(-2);
    int depth = left.extent(-1);
    int columns = right.extent(-1);
    int[] leftStarts = matrixStarts(left, shape);
    int[] rightStarts = matrixStarts(right, shape);
    float[] leftValues = Operands.values(inputs.get(0));
    float[] rightValues = Operands.values(inputs.get(1));
    for (int i = 0; i < leftStarts.length; i++) {
      for (int row = 0; row < rows; row++) {
        int from = leftStarts[i] + row * depth;
        int to = (i * rows + row) * columns;
        if (columns == 1) {
          results[to] = dot(leftValues, from, rightValues, rightStarts[i], depth);
        } else {
          multiplyRow(leftValues, from, depth, rightValues, rightStarts[i], results, to, columns);
        }
      }
    }
    return List.of(new Tensor.Floats(shape, results));
  }

  @Override
  public long macs(List<TensorType> inputs) {
    return (long) outputTypes(inputs).get(0).shape().elements() * inputs.get(0).shape().extent(-1);
  }

  /** Sum of products; four partial sums keep the processor's multipliers busy. */
  static float dot(float[] left, int leftStart, float[] right, int rightStart, int count) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      sum0 += left[leftStart + i] * right[rightStart + i];
      sum1 += left[leftStart + i + 1] * right[rightStart + i + 1];
      sum2 += left[leftStart + i + 2] * right[rightStart + i + 2];
      sum3 += left[leftStart + i + 3] * right[rightStart + i + 3];
    }
    for (; i < count; i++) {
      sum0 += left[leftStart + i] * right[rightStart + i];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  private static void multiplyRow(
      float[] left,
      int from,
      int depth,
      float[] right,
      int start,
      float[] results,
      int to,
      int columns) {
    for (int k = 0; k < depth; k++) {
      float factor = left[from + k];
      int row = start + k * columns;
      for (int column = 0; column < columns; column++) {
        results[to + column] += factor * right[row + column];
      }
    }
  }

  private static Shape batch(Shape shape) {
    return Shape.of(Arrays.copyOf(shape.extents(), shape.rank() - 2));
  }

  /** Where the matrices of an operand begin, one for each matrix of the result. */
  private static int[] matrixStarts(Shape operand, Shape result) {
    int size = operand.extent(-2) * operand.extent(-1);
    Tensor numbers = numbered(batch(operand));
    long[] order =
        ((Tensor.Integers) StridedView.broadcast(batch(operand), batch(result)).read(numbers))
            .values();
    return Arrays.stream(order).mapToInt(number -> (int) number * size).toArray();
  }

  private static Tensor numbered(Shape shape) {
    long[] numbers = new long[shape.elements()];
    Arrays.setAll(numbers, i -> i);
    return new Tensor.Integers(ElementType.INT64, shape, numbers);
  }
}

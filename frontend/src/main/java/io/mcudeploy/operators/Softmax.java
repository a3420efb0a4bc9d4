package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Exponentials along one axis, scaled so that they sum to 1. One float input, output alike.
 *
 * @param axis from 0
 */
public record Softmax(int axis) implements Operator {
  @Override
  public String kind() {
    return "Softmax";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Operands.checkAxis(this, axis, Operands.floats(this, inputs, 0, "input"));
    return List.of(inputs.get(0));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape shape = inputs.get(0).shape();
    float[] results = Operands.values(inputs.get(0)).clone();
    int stride = shape.strides()[axis];
    int extent = shape.extent(axis);
    double[] terms = new double[extent];
    for (int block = 0; block < results.length; block += stride * extent) {
      for (int start = block; start < block + stride; start++) {
        double sum = exponentials(results, start, stride, terms);
        for (int i = 0; i < extent; i++) {
          results[start + i * stride] = (float) (terms[i] / sum);
        }
      }
    }
    return List.of(new Tensor.Floats(shape, results));
  }

  /**
   * The exponentials of numbers relative to the greatest of them.
   *
   * @param terms filled with them, one for each number
   * @return their sum
   */
  static double exponentials(float[] values, int start, int stride, double[] terms) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < terms.length; i++) {
      greatest = Math.max(greatest, values[start + i * stride]);
    }
    double sum = 0;
    for (int i = 0; i < terms.length; i++) {
      terms[i] = StrictMath.exp(values[start + i * stride] - greatest);
      sum += terms[i];
    }
    return sum;
  }
}

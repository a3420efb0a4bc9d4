package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * The logarithm of {@link Softmax}, exact where that would round to 0. One float input, output
 * alike.
 *
 * @param axis from 0
 */
public record LogSoftmax(int axis) implements Operator {
  @Override
  public String kind() {
    return "LogSoftmax";
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
        double greatest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < extent; i++) {
          greatest = Math.max(greatest, results[start + i * stride]);
        }
        double logOfSum = StrictMath.log(Softmax.exponentials(results, start, stride, terms));
        for (int i = 0; i < extent; i++) {
          results[start + i * stride] = (float) (results[start + i * stride] - greatest - logOfSum);
        }
      }
    }
    return List.of(new Tensor.Floats(shape, results));
  }
}

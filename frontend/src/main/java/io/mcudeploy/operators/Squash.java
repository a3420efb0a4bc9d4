package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Squashes the vectors that lie along one axis; input and output have the same shape. Along an axis
 * of extent 1 every element is a vector of its own.
 *
 * @param axis from 0
 */
public record Squash(int axis, SquashFunction function) implements Operator {

  @Override
  public String kind() {
    return "Squash";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException("Squash takes one input, not " + inputs.size());
    }
    TensorType input = inputs.get(0);
    if (!input.element().isFloat() || axis < 0 || axis >= input.shape().rank()) {
      throw new IllegalArgumentException("Squash along axis " + axis + " of " + input);
    }
    return List.of(input);
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor.Floats input = (Tensor.Floats) inputs.get(0);
    Shape shape = input.shape();
    int length = shape.extent(axis);
    int stride = shape.strides()[axis];
    double[] values = new double[input.values().length];
    float[] squashed = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = input.values()[i];
    }
    for (int start = 0; start < values.length; start++) {
      boolean firstOfVector = start / stride % length == 0;
      if (firstOfVector) {
        function.apply(values, start, stride, length);
      }
    }
    for (int i = 0; i < values.length; i++) {
      squashed[i] = (float) values[i];
    }
    return List.of(new Tensor.Floats(shape, squashed));
  }
}

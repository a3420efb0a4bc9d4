package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Shifts and scales each channel by what was learnt: {@code (x - mean) / sqrt(variance + epsilon) *
 * scale + bias}. Inputs: x, then scale, bias, mean and variance, each {@code [C]}. Output like x.
 *
 * @param axis of the channels, from 0
 */
public record BatchNormalization(int axis, double epsilon) implements Operator {
  @Override
  public String kind() {
    return "BatchNormalization";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 5, 5);
    Shape input = Operands.floats(this, inputs, 0, "input");
    Operands.checkAxis(this, axis, input);
    for (int i = 1; i < 5; i++) {
      Shape parameter = Operands.floats(this, inputs, i, "parameter", 1);
      if (parameter.extent(0) != input.extent(axis)) {
        throw new IllegalArgumentException(
            String.format(
                "BatchNormalization of %d channels has a parameter of %d",
                input.extent(axis), parameter.extent(0)));
      }
    }
    return List.of(inputs.get(0));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape shape = inputs.get(0).shape();
    float[] values = Operands.values(inputs.get(0));
    float[] results = new float[values.length];
    int channels = shape.extent(axis);
    int stride = shape.strides()[axis];
    float[] scale = Operands.values(inputs.get(1));
    float[] bias = Operands.values(inputs.get(2));
    float[] mean = Operands.values(inputs.get(3));
    float[] variance = Operands.values(inputs.get(4));
    double[] factors = new double[channels];
    for (int channel = 0; channel < channels; channel++) {
      factors[channel] = scale[channel] / Math.sqrt(variance[channel] + epsilon);
    }
    for (int i = 0; i < results.length; i++) {
      int channel = i / stride % channels;
      double shifted = (double) values[i] - mean[channel];
      results[i] = (float) (shifted * factors[channel] + bias[channel]);
    }
    return List.of(new Tensor.Floats(shape, results));
  }
}

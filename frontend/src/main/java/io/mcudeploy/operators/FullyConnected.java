package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Multiplies vectors by a matrix of weights.
 *
 * <p>Inputs: {@code [.., I]}, weights {@code [O, I]}, and optionally a bias {@code [O]}. Output:
 * {@code [.., O]}.
 *
 * @param activation clamp of the results
 */
public record FullyConnected(Activation activation) implements Operator {
  @Override
  public String kind() {
    return "FullyConnected";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 2, 3);
    Shape input = Operands.floats(this, inputs, 0, "input");
    Shape weights = Operands.floats(this, inputs, 1, "weight matrix", 2);
    if (input.rank() == 0 || input.extent(-1) != weights.extent(1)) {
      throw new IllegalArgumentException(
          String.format("FullyConnected: weights %s do not fit an input of %s", weights, input));
    }
    Operands.checkBias(this, inputs, 2, weights.extent(0));
    return List.of(TensorType.floats(input.with(-1, weights.extent(0))));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape shape = inputs.get(0).shape();
    float[] values = Operands.values(inputs.get(0));
    float[] weights = Operands.values(inputs.get(1));
    int outputs = inputs.get(1).shape().extent(0);
    int length = shape.extent(-1);
    Shape outputShape = shape.with(-1, outputs);
    float[] results = new float[outputShape.elements()];
    for (int i = 0; i < results.length; i++) {
      int output = i % outputs;
      float sum = MatMul.dot(values, i / outputs * length, weights, output * length, length);
      results[i] = inputs.size() > 2 ? sum + Operands.values(inputs.get(2))[output] : sum;
    }
    activation.applyTo(results);
    return List.of(new Tensor.Floats(outputShape, results));
  }

  @Override
  public long macs(List<TensorType> inputs) {
    return (long) outputTypes(inputs).get(0).shape().elements() * inputs.get(1).shape().extent(1);
  }
}

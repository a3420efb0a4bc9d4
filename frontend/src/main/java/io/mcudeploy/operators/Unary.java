package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Applies a function of one number to every element. The input holds real numbers, or integers if
 * the function keeps them integers.
 */
public record Unary(UnaryFunction function) implements Operator {
  /** Replaces negative numbers by zero. */
  public static final Unary RELU = new Unary(UnaryFunction.Clamp.RELU);

  @Override
  public String kind() {
    return function.kind();
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    ElementType element = inputs.get(0).element();
    if (element == ElementType.BOOL || (!element.isFloat() && !function.keepsIntegers())) {
      throw new IllegalArgumentException(kind() + " needs real numbers, not " + inputs.get(0));
    }
    return List.of(inputs.get(0));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    if (inputs.get(0) instanceof Tensor.Integers input) {
      long[] results = new long[input.values().length];
      for (int i = 0; i < results.length; i++) {
        double result = function.apply((double) input.values()[i]);
        results[i] = Elements.wrap(input.element(), (long) result);
      }
      return List.of(new Tensor.Integers(input.element(), input.shape(), results));
    }
    float[] values = Operands.values(inputs.get(0));
    float[] results = new float[values.length];
    for (int i = 0; i < results.length; i++) {
      results[i] = (float) function.apply(values[i]);
    }
    return List.of(new Tensor.Floats(inputs.get(0).shape(), results));
  }
}

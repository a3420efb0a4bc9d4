package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * The same numbers in the same memory order, seen in another shape. One input of any type.
 *
 * @param shape the new shape, of as many elements
 */
public record Reshape(Shape shape) implements Operator {
  @Override
  public String kind() {
    return "Reshape";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    TensorType input = inputs.get(0);
    if (input.shape().elements() != shape.elements()) {
      throw new IllegalArgumentException(
          String.format(
              "Reshape cannot turn %s of %d elements into %s of %d",
              input.shape(), input.shape().elements(), shape, shape.elements()));
    }
    return List.of(new TensorType(input.element(), shape));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    return List.of(inputs.get(0).reshaped(shape));
  }
}

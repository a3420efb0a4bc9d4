package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.Arrays;
import java.util.List;

/** The other truth value, element by element. */
public record Not() implements Operator {
  @Override
  public String kind() {
    return "Not";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Operands.checkElement(this, inputs.get(0), ElementType.BOOL, "input");
    return inputs;
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor.Integers input = (Tensor.Integers) inputs.get(0);
    long[] inverted = Arrays.stream(input.values()).map(truth -> 1 - truth).toArray();
    return List.of(new Tensor.Integers(ElementType.BOOL, input.shape(), inverted));
  }
}

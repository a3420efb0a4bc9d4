package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Repeats axes of extent 1, and adds leading axes. One input of any type.
 *
 * @param shape the output's shape
 */
public record Expand(Shape shape) implements Operator {
  @Override
  public String kind() {
    return "Expand";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    TensorType input = inputs.get(0);
    if (!Broadcast.shape(this, input.shape(), shape).equals(shape)) {
      throw new IllegalArgumentException("Expand cannot make " + shape + " of " + input.shape());
    }
    return List.of(new TensorType(input.element(), shape));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    return List.of(StridedView.broadcast(inputs.get(0).shape(), shape).read(inputs.get(0)));
  }
}

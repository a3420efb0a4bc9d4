package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Takes each element from the second input where the first is true, else from the third. The three
 * shapes are broadcast; the second and third input have the same element type.
 */
public record Where() implements Operator {
  @Override
  public String kind() {
    return "Where";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 3, 3);
    Operands.checkElement(this, inputs.get(0), ElementType.BOOL, "condition");
    TensorType whenTrue = inputs.get(1);
    TensorType whenFalse = inputs.get(2);
    if (whenTrue.element() != whenFalse.element()) {
      throw new IllegalArgumentException("Where cannot choose from " + whenTrue + ", " + whenFalse);
    }
    Shape shape = Broadcast.shape(this, whenTrue.shape(), whenFalse.shape());
    return List.of(
        new TensorType(whenTrue.element(), Broadcast.shape(this, inputs.get(0).shape(), shape)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape shape = outputTypes(inputs.stream().map(Tensor::type).toList()).get(0).shape();
    List<Tensor> operands =
        inputs.stream()
            .map(input -> StridedView.broadcast(input.shape(), shape).read(input))
            .toList();
    long[] conditions = ((Tensor.Integers) operands.get(0)).values();
    ElementType element = operands.get(1).type().element();
    Object whenTrue = Elements.arrayOf(operands.get(1));
    Object whenFalse = Elements.arrayOf(operands.get(2));
    Object chosen = Elements.newArray(element, conditions.length);
    for (int i = 0; i < conditions.length; i++) {
      System.arraycopy(conditions[i] != 0 ? whenTrue : whenFalse, i, chosen, i, 1);
    }
    return List.of(Elements.tensor(element, shape, chosen));
  }
}

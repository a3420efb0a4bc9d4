package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Picks slices along an axis by fixed indices. One input of any type.
 *
 * @param axis from 0
 * @param indices not negative; the output's extent along the axis is their number
 */
public record Gather(int axis, List<Integer> indices) implements Operator {
  public Gather {
    indices = List.copyOf(indices);
  }

  @Override
  public String kind() {
    return "Gather";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Shape input = inputs.get(0).shape();
    Operands.checkAxis(this, axis, input);
    for (int index : indices) {
      if (index < 0 || index >= input.extent(axis)) {
        throw new IllegalArgumentException(
            "Gather has no index " + index + " along axis " + axis + " of shape " + input);
      }
    }
    return List.of(new TensorType(inputs.get(0).element(), input.with(axis, indices.size())));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor input = inputs.get(0);
    Shape shape = input.shape().with(axis, indices.size());
    Object from = Elements.arrayOf(input);
    Object picked = Elements.newArray(input.type().element(), shape.elements());
    int length = input.shape().strides()[axis];
    int position = 0;
    int blockLength = length * input.shape().extent(axis);
    for (int block = 0; position < shape.elements(); block += blockLength) {
      for (int index : indices) {
        System.arraycopy(from, block + index * length, picked, position, length);
        position += length;
      }
    }
    return List.of(Elements.tensor(input.type().element(), shape, picked));
  }
}

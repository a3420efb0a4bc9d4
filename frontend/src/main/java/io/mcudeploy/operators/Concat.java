package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Joins tensors of one element type that have equal extents along all other axes.
 *
 * @param axis from 0
 */
public record Concat(int axis) implements Operator {
  @Override
  public String kind() {
    return "Concat";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, Integer.MAX_VALUE);
    TensorType first = inputs.get(0);
    Operands.checkAxis(this, axis, first.shape());
    int extent = 0;
    for (TensorType input : inputs) {
      if (input.element() != first.element()
          || input.shape().rank() != first.shape().rank()
          || !input.shape().with(axis, 1).equals(first.shape().with(axis, 1))) {
        throw new IllegalArgumentException(
            "Concat along axis " + axis + " cannot join " + first + " and " + input);
      }
      extent += input.shape().extent(axis);
    }
    return List.of(new TensorType(first.element(), first.shape().with(axis, extent)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    TensorType type = outputTypes(inputs.stream().map(Tensor::type).toList()).get(0);
    Shape shape = type.shape();
    Object joined = Elements.newArray(type.element(), shape.elements());
    int inner = axis == 0 ? shape.elements() : shape.strides()[axis - 1];
    int blocks = inner == 0 ? 0 : shape.elements() / inner;
    int offset = 0;
    for (Tensor input : inputs) {
      Object values = Elements.arrayOf(input);
      int length = blocks == 0 ? 0 : input.shape().elements() / blocks;
      for (int block = 0; block < blocks; block++) {
        System.arraycopy(values, block * length, joined, block * inner + offset, length);
      }
      offset += length;
    }
    return List.of(Elements.tensor(type.element(), shape, joined));
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Picks one element along an axis for each computed index. Inputs: data of any type, and indices
 * whose shape differs from the data's along the axis at most.
 *
 * @param axis from 0
 */
public record GatherElements(int axis) implements Operator {
  @Override
  public String kind() {
    return "GatherElements";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 2, 2);
    Shape data = inputs.get(0).shape();
    Shape indices = inputs.get(1).shape();
    Operands.checkAxis(this, axis, data);
    Indices.checkType(this, inputs.get(1));
    if (indices.rank() != data.rank()
        || !indices.with(axis, 0).equals(data.with(axis, 0))
        || data.extent(axis) == 0) {
      throw new IllegalArgumentException(
          "GatherElements cannot pick from " + data + " by indices of shape " + indices);
    }
    return List.of(new TensorType(inputs.get(0).element(), indices));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor data = inputs.get(0);
    Shape shape = inputs.get(1).shape();
    long[] indices = ((Tensor.Integers) inputs.get(1)).values();
    int depth = data.shape().extent(axis);
    int stride = shape.strides()[axis];
    Object from = Elements.arrayOf(data);
    Object picked = Elements.newArray(data.type().element(), indices.length);
    for (int i = 0; i < indices.length; i++) {
      int outer = i / (stride * shape.extent(axis));
      int place = (outer * depth + Indices.position(indices[i], depth)) * stride + i % stride;
      System.arraycopy(from, place, picked, i, 1);
    }
    return List.of(Elements.tensor(data.type().element(), shape, picked));
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Picks slices along an axis by computed indices, such as the rows of an embedding table. Inputs:
 * data of any type, and indices of any shape, which takes the axis's place.
 *
 * @param axis from 0
 */
public record GatherRows(int axis) implements Operator {
  @Override
  public String kind() {
    return "Gather";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 2, 2);
    Shape data = inputs.get(0).shape();
    Operands.checkAxis(this, axis, data);
    Indices.checkType(this, inputs.get(1));
    if (data.extent(axis) == 0) {
      throw new IllegalArgumentException("Gather along axis " + axis + " of the empty " + data);
    }
    return List.of(new TensorType(inputs.get(0).element(), shape(data, inputs.get(1).shape())));
  }

  private Shape shape(Shape data, Shape indices) {
    return Shape.of(
        IntStream.concat(
                IntStream.concat(
                    IntStream.range(0, axis).map(data::extent), IntStream.of(indices.extents())),
                IntStream.range(axis + 1, data.rank()).map(data::extent))
            .toArray());
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor data = inputs.get(0);
    long[] indices = ((Tensor.Integers) inputs.get(1)).values();
    Shape shape = shape(data.shape(), inputs.get(1).shape());
    int depth = data.shape().extent(axis);
    int length = data.shape().strides()[axis];
    Object from = Elements.arrayOf(data);
    Object picked = Elements.newArray(data.type().element(), shape.elements());
    int position = 0;
    for (int block = 0; position < shape.elements(); block += depth * length) {
      for (long index : indices) {
        int start = block + Indices.position(index, depth) * length;
        System.arraycopy(from, start, picked, position, length);
        position += length;
      }
    }
    return List.of(Elements.tensor(data.type().element(), shape, picked));
  }
}

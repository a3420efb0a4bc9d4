package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The indices of the greatest or smallest elements along one axis, the most extreme first and equal
 * ones in their order, as INT64. One input of any type.
 *
 * @param axis from 0
 * @param count how many; the output's extent along the axis
 */
public record TopIndices(int axis, int count, boolean largest) implements Operator {
  @Override
  public String kind() {
    return "TopK";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Shape input = inputs.get(0).shape();
    Operands.checkAxis(this, axis, input);
    if (count < 0 || count > input.extent(axis)) {
      throw new IllegalArgumentException(
          "TopK of " + count + " elements along axis " + axis + " of shape " + input);
    }
    return List.of(new TensorType(ElementType.INT64, input.with(axis, count)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor input = inputs.get(0);
    Shape shape = input.shape().with(axis, count);
    int stride = shape.strides()[axis];
    int depth = input.shape().extent(axis);
    long[] indices = new long[shape.elements()];
    for (int column = 0; column * count < indices.length; column++) {
      int outer = column / stride;
      int inner = column % stride;
      int start = outer * depth * stride + inner;
      List<Integer> order =
          IntStream.range(0, depth)
              .boxed()
              .sorted(
                  (a, b) ->
                      ascending(input).compare(start + a * stride, start + b * stride)
                          * (largest ? -1 : 1))
              .toList();
      for (int k = 0; k < count; k++) {
        indices[(outer * count + k) * stride + inner] = order.get(k);
      }
    }
    return List.of(new Tensor.Integers(ElementType.INT64, shape, indices));
  }

  private static Comparator<Integer> ascending(Tensor tensor) {
    return tensor instanceof Tensor.Floats floats
        ? Comparator.comparing(place -> floats.values()[place])
        : Comparator.comparing(place -> ((Tensor.Integers) tensor).values()[place]);
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One real number where the index says so and another one elsewhere, along a new axis. One input,
 * the indices; negative ones count from the end, and one that does not exist marks nothing.
 *
 * @param axis the new one's place in the output
 * @param depth its extent
 */
public record OneHot(int axis, int depth, float off, float on) implements Operator {
  @Override
  public String kind() {
    return "OneHot";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Indices.checkType(this, inputs.get(0));
    if (axis < 0 || axis > inputs.get(0).shape().rank() || depth < 0) {
      throw new IllegalArgumentException(
          "OneHot cannot add axis " + axis + " of " + depth + " to " + inputs.get(0));
    }
    return List.of(TensorType.floats(shape(inputs.get(0).shape())));
  }

  private Shape shape(Shape indices) {
    return Shape.of(
        IntStream.concat(
                IntStream.concat(
                    IntStream.range(0, axis).map(indices::extent), IntStream.of(depth)),
                IntStream.range(axis, indices.rank()).map(indices::extent))
            .toArray());
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape shape = shape(inputs.get(0).shape());
    long[] indices = ((Tensor.Integers) inputs.get(0)).values();
    int stride = shape.strides()[axis];
    float[] values = new float[shape.elements()];
    Arrays.fill(values, off);
    for (int i = 0; i < indices.length; i++) {
      long index = indices[i] < 0 ? indices[i] + depth : indices[i];
      if (index >= 0 && index < depth) {
        values[(i / stride * depth + (int) index) * stride + i % stride] = on;
      }
    }
    return List.of(new Tensor.Floats(shape, values));
  }
}

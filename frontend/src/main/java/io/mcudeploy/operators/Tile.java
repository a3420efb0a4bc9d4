package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Repeats the whole tensor along each axis. One input of any type.
 *
 * @param repeats one for each axis, not negative
 */
public record Tile(List<Integer> repeats) implements Operator {
  public Tile {
    repeats = List.copyOf(repeats);
  }

  @Override
  public String kind() {
    return "Tile";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Shape input = inputs.get(0).shape();
    if (input.rank() != repeats.size()) {
      throw new IllegalArgumentException(
          "Tile by " + repeats + " cannot take an input of shape " + input);
    }
    int[] extents = input.extents();
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] = Math.multiplyExact(extents[axis], repeats.get(axis));
    }
    return List.of(new TensorType(inputs.get(0).element(), Shape.of(extents)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor input = inputs.get(0);
    int rank = repeats.size();
    int[] extents = new int[2 * rank];
    int[] strides = new int[2 * rank];
    for (int axis = 0; axis < rank; axis++) {
      extents[2 * axis] = repeats.get(axis);
      extents[2 * axis + 1] = input.shape().extent(axis);
      strides[2 * axis + 1] = input.shape().strides()[axis];
    }
    Shape shape = outputTypes(List.of(input.type())).get(0).shape();
    return List.of(new StridedView(Shape.of(extents), strides, 0).read(input).reshaped(shape));
  }
}

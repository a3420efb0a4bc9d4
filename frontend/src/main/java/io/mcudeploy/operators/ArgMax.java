package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * The index of the greatest element along one axis, as INT64. One float input; the axis stays, with
 * extent 1.
 *
 * @param axis from 0
 * @param last whether the last of several greatest elements counts, else the first
 */
public record ArgMax(int axis, boolean last) implements Operator {
  @Override
  public String kind() {
    return "ArgMax";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Shape input = Operands.floats(this, inputs, 0, "input");
    Operands.checkAxis(this, axis, input);
    if (input.extent(axis) == 0) {
      throw new IllegalArgumentException("ArgMax along axis " + axis + " of the empty " + input);
    }
    return List.of(new TensorType(ElementType.INT64, input.with(axis, 1)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape shape = inputs.get(0).shape();
    float[] values = Operands.values(inputs.get(0));
    int stride = shape.strides()[axis];
    int extent = shape.extent(axis);
    long[] indices = new long[shape.elements() / extent];
    for (int i = 0; i < indices.length; i++) {
      int start = i / stride * stride * extent + i % stride;
      int best = 0;
      for (int k = 1; k < extent; k++) {
        float candidate = values[start + k * stride];
        float greatest = values[start + best * stride];
        if (candidate > greatest || (last && candidate == greatest)) {
          best = k;
        }
      }
      indices[i] = best;
    }
    return List.of(new Tensor.Integers(ElementType.INT64, shape.with(axis, 1), indices));
  }
}

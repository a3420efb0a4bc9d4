package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * The integers of a grid that are nearest to real numbers, saturated: ONNX's QuantizeLinear. One
 * input of any shape.
 *
 * @param element of the result; at least as wide as the range
 * @param lowest integer of the grid
 * @param highest integer of the grid
 */
public record QuantizeLinear(
    Grid grid, ElementType element, int lowest, int highest, Rounding rounding)
    implements Operator {
  public QuantizeLinear {
    if (lowest > highest) {
      throw new IllegalArgumentException("a grid of integers " + lowest + ".." + highest);
    }
  }

  @Override
  public String kind() {
    return "QuantizeLinear";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Shape shape = Operands.floats(this, inputs, 0, "input");
    Elements.checkGrid(this, grid, shape);
    return List.of(new TensorType(element, shape));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    float[] reals = Operands.values(inputs.get(0));
    int[] indices = grid.indices(inputs.get(0).shape());
    long[] integers = new long[reals.length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = function(indices[i]).toInteger(reals[i]);
    }
    return List.of(new Tensor.Integers(element, inputs.get(0).shape(), integers));
  }

  /** This and a DequantizeLinear of the same grid in one, for one of the grid's scales. */
  public UnaryFunction.FakeQuantize function(int index) {
    return new UnaryFunction.FakeQuantize(
        grid.scales().get(index), grid.zeroPoints().get(index), lowest, highest, rounding);
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Running sums along an axis. One input of numbers.
 *
 * @param axis from 0
 * @param exclusive whether an element's own number is left out of its sum
 * @param reverse whether the sums run from the end
 */
public record CumulativeSum(int axis, boolean exclusive, boolean reverse) implements Operator {
  @Override
  public String kind() {
    return "CumSum";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Operands.checkAxis(this, axis, inputs.get(0).shape());
    return inputs;
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor input = inputs.get(0);
    Shape shape = input.shape();
    if (input instanceof Tensor.Floats floats) {
      float[] sums = new float[floats.values().length];
      double[] running = new double[sums.length / Math.max(1, shape.extent(axis))];
      for (int step = 0; step < sums.length; step++) {
        int place = place(shape, step);
        int column = column(shape, place);
        double before = running[column];
        running[column] += floats.values()[place];
        sums[place] = (float) (exclusive ? before : running[column]);
      }
      return List.of(new Tensor.Floats(shape, sums));
    }
    Tensor.Integers integers = (Tensor.Integers) input;
    long[] sums = new long[integers.values().length];
    long[] running = new long[sums.length / Math.max(1, shape.extent(axis))];
    for (int step = 0; step < sums.length; step++) {
      int place = place(shape, step);
      int column = column(shape, place);
      long before = running[column];
      running[column] += integers.values()[place];
      sums[place] = Elements.wrap(integers.element(), exclusive ? before : running[column]);
    }
    return List.of(new Tensor.Integers(integers.element(), shape, sums));
  }

  /** The element taken at a step, such that those of a column come in the order of summation. */
  private int place(Shape shape, int step) {
    return reverse ? shape.elements() - 1 - step : step;
  }

  private int column(Shape shape, int place) {
    int stride = shape.strides()[axis];
    return place / (stride * shape.extent(axis)) * stride + place % stride;
  }
}

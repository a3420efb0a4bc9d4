package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;
import java.util.TreeSet;

/**
 * Divides each group of elements by a measure of its own, then scales and shifts: layer, instance
 * and group normalization and their kin.
 *
 * <p>Inputs: real numbers, and optionally a scale, and optionally a bias, each of a shape that can
 * be repeated to that of the first.
 *
 * @param axes along which a group lies, from 0, ascending
 * @param epsilon added to the measure's square
 */
public record Normalization(Measure measure, List<Integer> axes, double epsilon)
    implements Operator {

  /** What a group is divided by. */
  public enum Measure {
    /** Its standard deviation, after its mean is subtracted. */
    DEVIATION("MeanVarianceNormalization"),
    /** The root of the mean of its squares. */
    ROOT_MEAN_SQUARE("RMSNormalization"),
    /** Its length; a group of zeros stays one. */
    LENGTH("LpNormalization");

    private final String kind;

    Measure(String kind) {
      this.kind = kind;
    }
  }

  public Normalization {
    axes = List.copyOf(new TreeSet<>(axes));
    if (!(epsilon >= 0)) {
      throw new IllegalArgumentException("epsilon " + epsilon);
    }
  }

  /** The same along other axes. */
  public Normalization along(List<Integer> others) {
    return new Normalization(measure, others, epsilon);
  }

  @Override
  public String kind() {
    return measure.kind;
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 3);
    Shape shape = Operands.floats(this, inputs, 0, "input");
    axes.forEach(axis -> Operands.checkAxis(this, axis, shape));
    for (int i = 1; i < inputs.size(); i++) {
      Shape parameter = Operands.floats(this, inputs, i, i == 1 ? "scale" : "bias");
      if (!Broadcast.shape(this, shape, parameter).equals(shape)) {
        throw new IllegalArgumentException(
            kind() + " of " + shape + " has a scale or bias of " + parameter);
      }
    }
    return List.of(inputs.get(0));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape shape = inputs.get(0).shape();
    float[] x = Operands.values(inputs.get(0));
    int[] group = groups(shape);
    int count = axes.stream().mapToInt(shape::extent).reduce(1, (a, b) -> a * b);
    int groups = count == 0 ? 0 : x.length / count;
    double[] centre = new double[groups];
    if (measure == Measure.DEVIATION) {
      for (int i = 0; i < x.length; i++) {
        centre[group[i]] += (double) x[i] / count;
      }
    }
    double[] squares = new double[groups];
    for (int i = 0; i < x.length; i++) {
      double centred = x[i] - centre[group[i]];
      squares[group[i]] += centred * centred;
    }
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double square = squares[group[i]] / (measure == Measure.LENGTH ? 1 : count) + epsilon;
      y[i] = (float) (square == 0 ? 0 : (x[i] - centre[group[i]]) / Math.sqrt(square));
    }
    Tensor result = new Tensor.Floats(shape, y);
    if (inputs.size() > 1) {
      result = new Binary(BinaryFunction.MUL).evaluate(List.of(result, inputs.get(1))).get(0);
    }
    if (inputs.size() > 2) {
      result = new Binary(BinaryFunction.ADD).evaluate(List.of(result, inputs.get(2))).get(0);
    }
    return List.of(result);
  }

  /** The group of each element. */
  private int[] groups(Shape shape) {
    Shape each = shape;
    for (int axis : axes) {
      each = each.with(axis, 1);
    }
    long[] numbers = new long[each.elements()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    Tensor repeated =
        StridedView.broadcast(each, shape)
            .read(new Tensor.Integers(ElementType.INT64, each, numbers));
    long[] places = ((Tensor.Integers) repeated).values();
    int[] groups = new int[places.length];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (int) places[i];
    }
    return groups;
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Writes rows into a copy of a matrix at fixed places, in order. Inputs: data {@code [rows,
 * length]} and updates {@code [targets, length]} of one element type.
 *
 * @param targets the row that each update goes to
 */
public record Scatter(List<Integer> targets, Reduction reduction) implements Operator {
  /** What becomes of the number that is there already. */
  public enum Reduction {
    NONE,
    ADD,
    MUL,
    MIN,
    MAX;

    private double apply(double old, double update) {
      return switch (this) {
        case NONE -> update;
        case ADD -> old + update;
        case MUL -> old * update;
        case MIN -> Math.min(old, update);
        case MAX -> Math.max(old, update);
      };
    }

    private long apply(long old, long update) {
      return switch (this) {
        case NONE -> update;
        case ADD -> old + update;
        case MUL -> old * update;
        case MIN -> Math.min(old, update);
        case MAX -> Math.max(old, update);
      };
    }
  }

  public Scatter {
    targets = List.copyOf(targets);
  }

  @Override
  public String kind() {
    return "Scatter";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 2, 2);
    Shape data = inputs.get(0).shape();
    Shape updates = inputs.get(1).shape();
    if (inputs.get(0).element() != inputs.get(1).element()
        || data.rank() != 2
        || !updates.equals(data.with(0, targets.size()))
        || targets.stream().anyMatch(row -> row < 0 || row >= data.extent(0))) {
      throw new IllegalArgumentException(
          "Scatter cannot write " + inputs.get(1) + " into " + inputs.get(0));
    }
    return List.of(inputs.get(0));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor data = inputs.get(0);
    int length = data.shape().extent(1);
    if (data instanceof Tensor.Floats floats) {
      float[] values = floats.values().clone();
      float[] updates = Operands.values(inputs.get(1));
      for (int i = 0; i < updates.length; i++) {
        int place = targets.get(i / length) * length + i % length;
        values[place] = (float) reduction.apply((double) values[place], (double) updates[i]);
      }
      return List.of(new Tensor.Floats(data.shape(), values));
    }
    long[] values = ((Tensor.Integers) data).values().clone();
    long[] updates = ((Tensor.Integers) inputs.get(1)).values();
    for (int i = 0; i < updates.length; i++) {
      int place = targets.get(i / length) * length + i % length;
      long value = reduction.apply(values[place], updates[i]);
      values[place] = Elements.wrap(data.type().element(), value);
    }
    return List.of(new Tensor.Integers(data.type().element(), data.shape(), values));
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * What recurrent operators share: the extents of {@code [steps, batches, inputs]} sequences, and
 * the order in which the steps are taken.
 *
 * @param steps time steps
 * @param batches independent sequences
 * @param inputs length of the vector of one step
 * @param units length of the hidden state
 */
record Recurrence(int steps, int batches, int inputs, int units) {

  /**
   * Checks the sequence {@code [T, B, I]}, the input weights {@code [G·H, I]} and the recurrent
   * weights {@code [G·H, H]}, which are the first three operands.
   *
   * @param gates G, the matrices stacked in the weights
   */
  static Recurrence of(Operator operator, List<TensorType> operands, int gates) {
    Shape sequence = Operands.floats(operator, operands, 0, "sequence", 3);
    Shape weights = Operands.floats(operator, operands, 1, "input weights", 2);
    Shape recurrent = Operands.floats(operator, operands, 2, "recurrent weights", 2);
    int units = recurrent.extent(1);
    boolean fits =
        weights.equals(Shape.of(gates * units, sequence.extent(2)))
            && recurrent.equals(Shape.of(gates * units, units))
            && sequence.elements() > 0
            && units > 0;
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              "%s: weights %s and %s do not fit a sequence of %s",
              operator.kind(), weights, recurrent, sequence));
    }
    return new Recurrence(sequence.extent(0), sequence.extent(1), sequence.extent(2), units);
  }

  /** Checks a vector of parameters. */
  static void checkVector(
      Operator operator, List<TensorType> operands, int index, String role, int length) {
    Shape shape = Operands.floats(operator, operands, index, role, 1);
    if (shape.extent(0) != length) {
      throw new IllegalArgumentException(
          operator.kind() + " needs " + length + " numbers for its " + role + ", not " + shape);
    }
  }

  /** Checks an initial state {@code [B, H]}. */
  void checkState(Operator operator, List<TensorType> operands, int index, String role) {
    Shape shape = Operands.floats(operator, operands, index, role, 2);
    if (!shape.equals(stateShape())) {
      throw new IllegalArgumentException(
          operator.kind() + " needs " + stateShape() + " for its " + role + ", not " + shape);
    }
  }

  /** Of the states of all batches: {@code [B, H]}. */
  Shape stateShape() {
    return Shape.of(batches, units);
  }

  /** Of the states of all steps: {@code [T, B, H]}. */
  Shape sequenceShape() {
    return Shape.of(steps, batches, units);
  }

  /** The place in the sequence of the step that is taken as number {@code step}. */
  int time(int step, boolean reverse) {
    return reverse ? steps - 1 - step : step;
  }

  /** A state as numbers to compute with. */
  static double[] doubles(Tensor state) {
    float[] values = Operands.values(state);
    double[] doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  /** The row's product with a vector that begins at an offset. */
  static double dot(float[] matrix, int row, int length, double[] vector, int offset) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) matrix[row * length + i] * vector[offset + i];
    }
    return sum;
  }

  static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Multiply-accumulate operations of all steps. */
  long macs(int gates) {
    return (long) steps * batches * gates * units * (inputs + units);
  }

  /** Limits a number to ±limit. */
  static double clipped(double value, double limit) {
    return Math.max(-limit, Math.min(limit, value));
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * A layer of filters of rank 1 in frequency and time (Nakkiran et al., 2015), as TFLite's SVDF. The
 * state holds what each filter's feature was in the last inferences, the oldest first.
 *
 * <pre>
 *   state = the state without its oldest, and the features of x
 *   y[u] = activation(bias[u] + sum over the filters f of u and the times t of state[f][t] times[f][t])
 * </pre>
 *
 * <p>Inputs: x {@code [B, I]}, features {@code [F, I]}, times {@code [F, T]}, bias {@code [F /
 * rank]}, state {@code [B, F * T]}. Outputs: y {@code [B, F / rank]} and the state.
 *
 * @param rank filters of one unit
 * @param stateScale of the int16 integers in which the file keeps the state, if it does
 */
public record Svdf(int rank, Activation activation, Optional<Double> stateScale)
    implements Operator {
  @Override
  public String kind() {
    return "Svdf";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 5, 5);
    Shape x = Operands.floats(this, inputs, 0, "input", 2);
    Shape features = Operands.floats(this, inputs, 1, "feature weights", 2);
    Shape times = Operands.floats(this, inputs, 2, "time weights", 2);
    Shape state = Operands.floats(this, inputs, 4, "state", 2);
    int filters = features.extent(0);
    boolean fits =
        rank > 0
            && filters % rank == 0
            && features.extent(1) == x.extent(1)
            && times.extent(0) == filters
            && state.equals(Shape.of(x.extent(0), times.elements()));
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              "Svdf: weights %s and %s of rank %d and a state of %s do not fit an input of %s",
              features, times, rank, state, x));
    }
    Operands.checkBias(this, inputs, 3, filters / rank);
    return List.of(
        TensorType.floats(Shape.of(x.extent(0), filters / rank)), TensorType.floats(state));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    double[] x = Recurrence.doubles(inputs.get(0));
    float[] features = Operands.values(inputs.get(1));
    float[] times = Operands.values(inputs.get(2));
    float[] bias = Operands.values(inputs.get(3));
    int batches = inputs.get(0).shape().extent(0);
    int length = inputs.get(0).shape().extent(1);
    int filters = inputs.get(1).shape().extent(0);
    int memory = inputs.get(2).shape().extent(1);
    int units = filters / rank;
    float[] state = Operands.values(inputs.get(4)).clone();
    float[] y = new float[batches * units];
    for (int batch = 0; batch < batches; batch++) {
      for (int unit = 0; unit < units; unit++) {
        double sum = bias[unit];
        for (int filter = unit * rank; filter < (unit + 1) * rank; filter++) {
          int row = (batch * filters + filter) * memory;
          System.arraycopy(state, row + 1, state, row, memory - 1);
          state[row + memory - 1] =
              (float) Recurrence.dot(features, filter, length, x, batch * length);
          for (int time = 0; time < memory; time++) {
            sum += (double) state[row + time] * times[filter * memory + time];
          }
        }
        y[batch * units + unit] = (float) sum;
      }
    }
    activation.applyTo(y);
    return List.of(
        new Tensor.Floats(Shape.of(batches, units), y),
        new Tensor.Floats(inputs.get(4).shape(), state));
  }

  @Override
  public long macs(List<TensorType> inputs) {
    return (long) inputs.get(0).shape().extent(0)
        * (inputs.get(1).shape().elements() + inputs.get(2).shape().elements());
  }
}

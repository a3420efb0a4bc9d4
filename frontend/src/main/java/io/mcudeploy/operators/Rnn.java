package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * A plain recurrent layer over a sequence, in one direction: {@code h' = activation(W x + R h +
 * b)}.
 *
 * <p>Inputs: the sequence {@code [T, B, I]}, input weights {@code [H, I]}, recurrent weights {@code
 * [H, H]}, biases {@code [H]} and the initial h {@code [B, H]}. Outputs: h of every step {@code [T,
 * B, H]} and the last h {@code [B, H]}.
 *
 * @param reverse whether the last element of the sequence is the first step
 * @param clip limit of what enters the activation function; infinite for none
 */
public record Rnn(boolean reverse, UnaryFunction activation, double clip) implements Operator {
  @Override
  public String kind() {
    return "Rnn";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 5, 5);
    Recurrence extents = Recurrence.of(this, inputs, 1);
    Recurrence.checkVector(this, inputs, 3, "bias", extents.units());
    extents.checkState(this, inputs, 4, "initial state");
    return List.of(
        TensorType.floats(extents.sequenceShape()), TensorType.floats(extents.stateShape()));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Recurrence extents = Recurrence.of(this, inputs.stream().map(Tensor::type).toList(), 1);
    int units = extents.units();
    double[] x = Recurrence.doubles(inputs.get(0));
    float[] weights = Operands.values(inputs.get(1));
    float[] recurrent = Operands.values(inputs.get(2));
    float[] bias = Operands.values(inputs.get(3));
    double[] h = Recurrence.doubles(inputs.get(4));
    float[] hidden = new float[extents.sequenceShape().elements()];
    double[] next = new double[units];
    for (int step = 0; step < extents.steps(); step++) {
      int time = extents.time(step, reverse);
      for (int batch = 0; batch < extents.batches(); batch++) {
        int from = (time * extents.batches() + batch) * extents.inputs();
        int to = (time * extents.batches() + batch) * units;
        for (int unit = 0; unit < units; unit++) {
          double sum =
              bias[unit]
                  + Recurrence.dot(weights, unit, extents.inputs(), x, from)
                  + Recurrence.dot(recurrent, unit, units, h, batch * units);
          next[unit] = activation.apply(Recurrence.clipped(sum, clip));
        }
        for (int unit = 0; unit < units; unit++) {
          h[batch * units + unit] = next[unit];
          hidden[to + unit] = (float) next[unit];
        }
      }
    }
    return List.of(
        new Tensor.Floats(extents.sequenceShape(), hidden),
        new Tensor.Floats(extents.stateShape(), Recurrence.floats(h)));
  }

  @Override
  public long macs(List<TensorType> inputs) {
    return Recurrence.of(this, inputs, 1).macs(1);
  }
}

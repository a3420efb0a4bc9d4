package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * A layer of gated recurrent units over a sequence, in one direction.
 *
 * <pre>
 *   z = gate(Wz x + bz + Rz h + dz)
 *   r = gate(Wr x + br + Rr h + dr)
 *   g = candidate(Wg x + bg + r (Rg h + dg))        linearBeforeReset, as PyTorch and cuDNN have it
 *   g = candidate(Wg x + bg + Rg (r h) + dg)        otherwise
 *   h' = (1 - z) g + z h
 * </pre>
 *
 * <p>Inputs: the sequence {@code [T, B, I]}, input weights {@code [3·H, I]}, recurrent weights
 * {@code [3·H, H]}, input biases b and recurrent biases d {@code [3·H]}, each for z, r and g in
 * this order, and the initial h {@code [B, H]}. Outputs: h of every step {@code [T, B, H]} and the
 * last h {@code [B, H]}.
 *
 * @param reverse whether the last element of the sequence is the first step
 * @param clip limit of what enters an activation function; infinite for none
 */
public record Gru(
    boolean reverse,
    UnaryFunction gate,
    UnaryFunction candidate,
    double clip,
    boolean linearBeforeReset)
    implements Operator {
  private static final int GATES = 3;

  @Override
  public String kind() {
    return "Gru";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 6, 6);
    Recurrence extents = Recurrence.of(this, inputs, GATES);
    Recurrence.checkVector(this, inputs, 3, "input bias", GATES * extents.units());
    Recurrence.checkVector(this, inputs, 4, "recurrent bias", GATES * extents.units());
    extents.checkState(this, inputs, 5, "initial state");
    return List.of(
        TensorType.floats(extents.sequenceShape()), TensorType.floats(extents.stateShape()));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Recurrence extents = Recurrence.of(this, inputs.stream().map(Tensor::type).toList(), GATES);
    int units = extents.units();
    double[] x = Recurrence.doubles(inputs.get(0));
    float[] weights = Operands.values(inputs.get(1));
    float[] recurrent = Operands.values(inputs.get(2));
    float[] bias = Operands.values(inputs.get(3));
    float[] recurrentBias = Operands.values(inputs.get(4));
    double[] h = Recurrence.doubles(inputs.get(5));
    float[] hidden = new float[extents.sequenceShape().elements()];
    double[] fromInput = new double[GATES * units];
    double[] update = new double[units];
    double[] reset = new double[units];
    double[] resetState = new double[units];
    double[] next = new double[units];
    for (int step = 0; step < extents.steps(); step++) {
      int time = extents.time(step, reverse);
      for (int batch = 0; batch < extents.batches(); batch++) {
        int from = (time * extents.batches() + batch) * extents.inputs();
        int state = batch * units;
        for (int row = 0; row < fromInput.length; row++) {
          fromInput[row] = bias[row] + Recurrence.dot(weights, row, extents.inputs(), x, from);
        }
        for (int unit = 0; unit < units; unit++) {
          int row = units + unit;
          update[unit] =
              activated(
                  gate,
                  fromInput[unit]
                      + Recurrence.dot(recurrent, unit, units, h, state)
                      + recurrentBias[unit]);
          reset[unit] =
              activated(
                  gate,
                  fromInput[row]
                      + Recurrence.dot(recurrent, row, units, h, state)
                      + recurrentBias[row]);
          resetState[unit] = reset[unit] * h[state + unit];
        }
        for (int unit = 0; unit < units; unit++) {
          int row = 2 * units + unit;
          double fromState =
              linearBeforeReset
                  ? reset[unit]
                      * (Recurrence.dot(recurrent, row, units, h, state) + recurrentBias[row])
                  : Recurrence.dot(recurrent, row, units, resetState, 0) + recurrentBias[row];
          double fresh = activated(candidate, fromInput[row] + fromState);
          next[unit] = (1 - update[unit]) * fresh + update[unit] * h[state + unit];
        }
        int to = (time * extents.batches() + batch) * units;
        for (int unit = 0; unit < units; unit++) {
          h[state + unit] = next[unit];
          hidden[to + unit] = (float) next[unit];
        }
      }
    }
    return List.of(
        new Tensor.Floats(extents.sequenceShape(), hidden),
        new Tensor.Floats(extents.stateShape(), Recurrence.floats(h)));
  }

  private double activated(UnaryFunction function, double sum) {
    return function.apply(Recurrence.clipped(sum, clip));
  }

  @Override
  public long macs(List<TensorType> inputs) {
    return Recurrence.of(this, inputs, GATES).macs(GATES);
  }
}

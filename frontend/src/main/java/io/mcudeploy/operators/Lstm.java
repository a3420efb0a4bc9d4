package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * A layer of long short-term memory over a sequence, in one direction.
 *
 * <pre>
 *   i = gate(Wi x + Ri h + bi + pi c)        g = candidate(Wc x + Rc h + bc)
 *   f = gate(Wf x + Rf h + bf + pf c)        c' = f c + i g
 *   o = gate(Wo x + Ro h + bo + po c')       h' = o output(c')
 * </pre>
 *
 * <p>Inputs: the sequence {@code [T, B, I]}, input weights {@code [4·H, I]}, recurrent weights
 * {@code [4·H, H]} and biases {@code [4·H]}, each for the gates i, o, f and the candidate in this
 * order, the initial h and c {@code [B, H]}, and optionally the peephole weights {@code [3·H]} for
 * i, o, f. Outputs: h of every step {@code [T, B, H]}, the last h and c {@code [B, H]}, and c of
 * every step {@code [T, B, H]}, which nothing reads: calibration looks at it.
 *
 * @param reverse whether the last element of the sequence is the first step
 * @param clip limit of what enters an activation function; infinite for none
 * @param cellClip limit of c; infinite for none
 * @param cellScale of the int16 integers in which the file keeps c, if it does
 * @param coupled whether f is {@code 1 - i}, as ONNX Runtime reads ONNX's {@code input_forget}
 */
public record Lstm(
    boolean reverse,
    UnaryFunction gate,
    UnaryFunction candidate,
    UnaryFunction output,
    double clip,
    double cellClip,
    Optional<Double> cellScale,
    boolean coupled)
    implements Operator {
  private static final int GATES = 4;

  @Override
  public String kind() {
    return "Lstm";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 6, 7);
    Recurrence extents = Recurrence.of(this, inputs, GATES);
    Recurrence.checkVector(this, inputs, 3, "bias", GATES * extents.units());
    extents.checkState(this, inputs, 4, "initial hidden state");
    extents.checkState(this, inputs, 5, "initial cell state");
    if (inputs.size() > 6) {
      Recurrence.checkVector(this, inputs, 6, "peephole weights", 3 * extents.units());
    }
    TensorType sequence = TensorType.floats(extents.sequenceShape());
    TensorType state = TensorType.floats(extents.stateShape());
    return List.of(sequence, state, state, sequence);
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Recurrence extents = Recurrence.of(this, inputs.stream().map(Tensor::type).toList(), GATES);
    int units = extents.units();
    double[] x = Recurrence.doubles(inputs.get(0));
    float[] weights = Operands.values(inputs.get(1));
    float[] recurrent = Operands.values(inputs.get(2));
    float[] bias = Operands.values(inputs.get(3));
    double[] h = Recurrence.doubles(inputs.get(4));
    double[] c = Recurrence.doubles(inputs.get(5));
    float[] peepholes = inputs.size() > 6 ? Operands.values(inputs.get(6)) : new float[3 * units];
    float[] hidden = new float[extents.sequenceShape().elements()];
    float[] cells = new float[hidden.length];
    double[] sums = new double[GATES * units];
    for (int step = 0; step < extents.steps(); step++) {
      int time = extents.time(step, reverse);
      for (int batch = 0; batch < extents.batches(); batch++) {
        int from = (time * extents.batches() + batch) * extents.inputs();
        int state = batch * units;
        for (int row = 0; row < sums.length; row++) {
          sums[row] =
              bias[row]
                  + Recurrence.dot(weights, row, extents.inputs(), x, from)
                  + Recurrence.dot(recurrent, row, units, h, state);
        }
        int to = (time * extents.batches() + batch) * units;
        for (int unit = 0; unit < units; unit++) {
          double cell = c[state + unit];
          double input = activated(gate, sums[unit] + peepholes[unit] * cell);
          double forget =
              coupled
                  ? 1 - input
                  : activated(gate, sums[2 * units + unit] + peepholes[2 * units + unit] * cell);
          double fresh = activated(candidate, sums[3 * units + unit]);
          cell = Recurrence.clipped(forget * cell + input * fresh, cellClip);
          double out = activated(gate, sums[units + unit] + peepholes[units + unit] * cell);
          c[state + unit] = cell;
          h[state + unit] = out * output.apply(cell);
          hidden[to + unit] = (float) h[state + unit];
          cells[to + unit] = (float) cell;
        }
      }
    }
    return List.of(
        new Tensor.Floats(extents.sequenceShape(), hidden),
        new Tensor.Floats(extents.stateShape(), Recurrence.floats(h)),
        new Tensor.Floats(extents.stateShape(), Recurrence.floats(c)),
        new Tensor.Floats(extents.sequenceShape(), cells));
  }

  private double activated(UnaryFunction function, double sum) {
    return function.apply(Recurrence.clipped(sum, clip));
  }

  @Override
  public long macs(List<TensorType> inputs) {
    return Recurrence.of(this, inputs, GATES).macs(GATES);
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Long short-term memory, as TFLite's int8 UNIDIRECTIONAL_SEQUENCE_LSTM with an int16 cell state.
 * For each step and unit, with {@code sum(gate)} from {@link Gate} clamped to ±gateLimit:
 *
 * <pre>
 *   i, f, o = sigmoid(sum)      g = tanh(sum)                         Q0.15
 *   c = saturate16(requantize(f · c, 2^-15) + requantize(i · g, 2^(−30 − cellPower)))
 *   h = saturate8(hiddenZeroPoint + requantize(tanh(c) · o, hidden))
 * </pre>
 *
 * <p>with c clamped to ±cellLimit. Inputs: x [steps][batches][inputs] int8, and the states h int8
 * and c int16 [batches][units]. Outputs: h of every step [steps][batches][units] and the states
 * after the last step, which may lie where the states before lie.
 *
 * @param gates for i, f, o and g
 * @param gateLimit 32768 for none
 * @param cellPower the scale of c is 2^cellPower; −15..−1
 * @param cellLimit 32768 for none
 * @param hidden 2^-30 / scale of h
 */
public record Lstm(
    Sequence sequence,
    List<Gate> gates,
    int inputZeroPoint,
    int hiddenZeroPoint,
    int gateLimit,
    int cellPower,
    int cellLimit,
    Multiplier hidden)
    implements IntegerOperator {
  /** Of f · c. */
  public static final Multiplier KEPT = Multiplier.of(0x1p-15);

  public Lstm {
    gates = List.copyOf(gates);
    Checks.count("gates", 4, gates.size());
    for (Gate gate : gates) {
      gate.check(sequence);
    }
    Checks.int8("input zero point", inputZeroPoint);
    Checks.int8("hidden zero point", hiddenZeroPoint);
    Checks.require(gateLimit > 0 && gateLimit <= 32768, "gate limit " + gateLimit);
    Checks.require(cellLimit > 0 && cellLimit <= 32768, "cell limit " + cellLimit);
    Checks.require(cellPower >= -15 && cellPower <= -1, "cell scale 2^" + cellPower);
  }

  /** Of i · g. */
  public Multiplier fresh() {
    return Multiplier.of(Math.scalb(1.0, -30 - cellPower));
  }

  @Override
  public String kind() {
    return "lstm";
  }

  @Override
  public String summary() {
    return sequence.summary();
  }

  @Override
  public StorageType inputStorage(int input) {
    return input == 2 ? StorageType.INT16 : StorageType.INT8;
  }

  @Override
  public StorageType outputStorage(int output) {
    return output == 2 ? StorageType.INT16 : StorageType.INT8;
  }

  @Override
  public boolean updates(int input, int output) {
    return input > 0 && input == output;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int units = sequence.units();
    int[] x = Images.centred(inputs.get(0), sequence.inputElements(), inputZeroPoint);
    int[] h = Images.centred(inputs.get(1), sequence.stateElements(), hiddenZeroPoint);
    byte[] c = inputs.get(2).clone();
    byte[] y = new byte[sequence.outputElements()];
    Multiplier fresh = fresh();
    int[] next = new int[units];
    int[] sums = new int[4];
    for (int step = 0; step < sequence.steps(); step++) {
      for (int batch = 0; batch < sequence.batches(); batch++) {
        int row = sequence.time(step) * sequence.batches() + batch;
        int state = batch * units;
        for (int unit = 0; unit < units; unit++) {
          for (int k = 0; k < 4; k++) {
            int sum =
                gates.get(k).fromInput(unit, x, row * sequence.inputs(), sequence.inputs())
                    + gates.get(k).fromState(unit, h, state, units);
            sums[k] = limited(sum, gateLimit);
          }
          int i = GateFunction.SIGMOID.apply(sums[0]);
          int f = GateFunction.SIGMOID.apply(sums[1]);
          int o = GateFunction.SIGMOID.apply(sums[2]);
          int g = GateFunction.TANH.apply(sums[3]);
          int kept = Gate.saturate16(KEPT.apply(f * StorageType.INT16.get(c, state + unit)));
          int added = Gate.saturate16(fresh.apply(i * g));
          int cell = limited(kept + added, cellLimit);
          StorageType.INT16.put(c, state + unit, cell);
          int value = hiddenZeroPoint + hidden.apply(GateFunction.tanh(cell, cellPower) * o);
          y[row * units + unit] = (byte) Math.max(-128, Math.min(127, value));
          next[unit] = y[row * units + unit] - hiddenZeroPoint;
        }
        System.arraycopy(next, 0, h, state, units);
      }
    }
    byte[] last = new byte[h.length];
    for (int i = 0; i < h.length; i++) {
      last[i] = (byte) (h[i] + hiddenZeroPoint);
    }
    return List.of(y, last, c);
  }

  private static int limited(int value, int limit) {
    return Math.max(-limit, Math.min(Math.min(limit, 32767), value));
  }

  @Override
  public long macs() {
    return sequence.macs(4);
  }

  @Override
  public long parameterBytes() {
    return gates.stream().mapToLong(Gate::bytes).sum() + 512;
  }

  @Override
  public long accumulatorBound() {
    long products = Accumulators.shifted(1L << 30, hidden);
    return Math.max(
        products,
        gates.stream()
            .mapToLong(gate -> gate.bound(inputZeroPoint, hiddenZeroPoint))
            .max()
            .orElseThrow());
  }
}

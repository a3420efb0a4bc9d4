package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Gated recurrent units with an int16 state in Q0.15: an int8 state would lose every step that is
 * smaller than half of its unit, and a GRU takes small steps. For each step and unit, with {@code
 * a} and {@code b} the input's and the state's part of {@link Gate}, sums clamped to ±gateLimit:
 *
 * <pre>
 *   z, r = sigmoid(a + b)                                             Q0.15
 *   g = tanh(a + round(r · b / 2^15))                                 linearBeforeReset
 *   g = tanh(a + b), where b sees round(r · h / 2^15) instead of h    otherwise
 *   h = g + round(z · (h − g) / 2^15)
 *   y = saturate8(outputZeroPoint + requantize(h, output))
 * </pre>
 *
 * <p>{@code round(v / 2^15) = (v + 2^14) >> 15}. Inputs: x [steps][batches][inputs] int8 and h
 * [batches][units] int16. Outputs: y [steps][batches][units] int8, and h after the last step, which
 * may lie where h lies.
 *
 * @param gates for z, r and g
 * @param gateLimit 32768 for none
 * @param output 2^-15 / scale of y
 */
public record Gru(
    Sequence sequence,
    List<Gate> gates,
    boolean linearBeforeReset,
    int inputZeroPoint,
    int gateLimit,
    Multiplier output,
    int outputZeroPoint)
    implements IntegerOperator {
  public Gru {
    gates = List.copyOf(gates);
    Checks.count("gates", 3, gates.size());
    for (Gate gate : gates) {
      gate.check(sequence);
    }
    Checks.int8("input zero point", inputZeroPoint);
    Checks.int8("output zero point", outputZeroPoint);
    Checks.require(gateLimit > 0 && gateLimit <= 32768, "gate limit " + gateLimit);
  }

  @Override
  public String kind() {
    return "gru";
  }

  @Override
  public String summary() {
    return sequence.summary() + (linearBeforeReset ? "" : ", reset before product");
  }

  @Override
  public StorageType inputStorage(int input) {
    return input == 1 ? StorageType.INT16 : StorageType.INT8;
  }

  @Override
  public StorageType outputStorage(int result) {
    return result == 1 ? StorageType.INT16 : StorageType.INT8;
  }

  @Override
  public boolean updates(int input, int result) {
    return input == 1 && result == 1;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int units = sequence.units();
    int[] x = Images.centred(inputs.get(0), sequence.inputElements(), inputZeroPoint);
    byte[] h = inputs.get(1).clone();
    byte[] y = new byte[sequence.outputElements()];
    int[] before = new int[units];
    int[] reset = new int[units];
    int[] resetState = new int[units];
    for (int step = 0; step < sequence.steps(); step++) {
      for (int batch = 0; batch < sequence.batches(); batch++) {
        int row = sequence.time(step) * sequence.batches() + batch;
        for (int unit = 0; unit < units; unit++) {
          before[unit] = StorageType.INT16.get(h, batch * units + unit);
        }
        for (int unit = 0; unit < units; unit++) {
          reset[unit] = GateFunction.SIGMOID.apply(sum(1, unit, x, row, before));
          resetState[unit] = product(reset[unit], before[unit]);
        }
        for (int unit = 0; unit < units; unit++) {
          int z = GateFunction.SIGMOID.apply(sum(0, unit, x, row, before));
          int fromInput =
              gates.get(2).fromInput(unit, x, row * sequence.inputs(), sequence.inputs());
          int fromState =
              linearBeforeReset
                  ? product(reset[unit], gates.get(2).fromState(unit, before, 0, units))
                  : gates.get(2).fromState(unit, resetState, 0, units);
          int g = GateFunction.TANH.apply(limited(fromInput + fromState));
          int value = g + product(z, before[unit] - g);
          StorageType.INT16.put(h, batch * units + unit, value);
          int rounded = outputZeroPoint + output.apply(value);
          y[row * units + unit] = (byte) Math.max(-128, Math.min(127, rounded));
        }
      }
    }
    return List.of(y, h);
  }

  private int sum(int gate, int unit, int[] x, int row, int[] state) {
    return limited(
        gates.get(gate).fromInput(unit, x, row * sequence.inputs(), sequence.inputs())
            + gates.get(gate).fromState(unit, state, 0, sequence.units()));
  }

  /** By a number in Q0.15. */
  private static int product(int factor, int value) {
    return (factor * value + (1 << 14)) >> 15;
  }

  private int limited(int value) {
    return Math.max(-gateLimit, Math.min(Math.min(gateLimit, 32767), value));
  }

  @Override
  public long macs() {
    return sequence.macs(3);
  }

  @Override
  public long parameterBytes() {
    return gates.stream().mapToLong(Gate::bytes).sum() + 512;
  }

  @Override
  public long accumulatorBound() {
    // z · (h − g) is the largest product: below 2^15 · 2^16.
    long products = Math.max(32767L * 65535 + (1 << 14), Accumulators.shifted(32768, output));
    return Math.max(
        products,
        gates.stream()
            .mapToLong(gate -> gate.boundOfWideState(inputZeroPoint))
            .max()
            .orElseThrow());
  }
}

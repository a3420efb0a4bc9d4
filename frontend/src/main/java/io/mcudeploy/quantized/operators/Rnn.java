package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * A plain recurrent layer with an int16 state in Q0.15: {@code h = activation(a + b)} with the
 * input's and the state's part of {@link Gate}, clamped to ±gateLimit, and {@code y =
 * saturate8(outputZeroPoint + requantize(h, output))}. Inputs: x [steps][batches][inputs] int8 and
 * h [batches][units] int16. Outputs: y [steps][batches][units] int8, and h after the last step,
 * which may lie where h lies.
 *
 * @param gateLimit 32768 for none
 * @param output 2^-15 / scale of y
 */
public record Rnn(
    Sequence sequence,
    Gate gate,
    GateFunction activation,
    int inputZeroPoint,
    int gateLimit,
    Multiplier output,
    int outputZeroPoint)
    implements IntegerOperator {
  public Rnn {
    gate.check(sequence);
    Checks.int8("input zero point", inputZeroPoint);
    Checks.int8("output zero point", outputZeroPoint);
    Checks.require(gateLimit > 0 && gateLimit <= 32768, "gate limit " + gateLimit);
  }

  @Override
  public String kind() {
    return "rnn";
  }

  @Override
  public String summary() {
    return sequence.summary() + (activation == GateFunction.SIGMOID ? ", sigmoid" : ", tanh");
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
    for (int step = 0; step < sequence.steps(); step++) {
      for (int batch = 0; batch < sequence.batches(); batch++) {
        int row = sequence.time(step) * sequence.batches() + batch;
        for (int unit = 0; unit < units; unit++) {
          before[unit] = StorageType.INT16.get(h, batch * units + unit);
        }
        for (int unit = 0; unit < units; unit++) {
          int sum =
              gate.fromInput(unit, x, row * sequence.inputs(), sequence.inputs())
                  + gate.fromState(unit, before, 0, units);
          int limited = Math.max(-gateLimit, Math.min(Math.min(gateLimit, 32767), sum));
          int value = activation.apply(limited);
          StorageType.INT16.put(h, batch * units + unit, value);
          int rounded = outputZeroPoint + output.apply(value);
          y[row * units + unit] = (byte) Math.max(-128, Math.min(127, rounded));
        }
      }
    }
    return List.of(y, h);
  }

  @Override
  public long macs() {
    return sequence.macs(1);
  }

  @Override
  public long parameterBytes() {
    return gate.bytes() + 512;
  }

  @Override
  public long accumulatorBound() {
    return Math.max(gate.boundOfWideState(inputZeroPoint), Accumulators.shifted(32768, output));
  }
}

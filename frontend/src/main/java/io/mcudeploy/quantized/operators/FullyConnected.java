package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * A matrix of weights applied to each row of the input, as TFLite's FULLY_CONNECTED: {@code y[r][o]
 * = output(bias[o] + Σ (x[r][i] − inputZeroPoint) · w[o][i])}.
 *
 * @param rows vectors in the input, nearly always 1
 * @param inputs length of a vector
 * @param outputs length of a vector of the output
 * @param input storage of the input; sums over int16 are requantized in 64 bits
 * @param weights [outputs][inputs]
 * @param bias one for each output, the input's zero point not folded in
 * @param output one multiplier for each output
 */
public record FullyConnected(
    int rows,
    int inputs,
    int outputs,
    StorageType input,
    int inputZeroPoint,
    Int8Array weights,
    Int32Array bias,
    OutputStage output)
    implements IntegerOperator {

  public FullyConnected {
    Checks.positive("rows", rows);
    Checks.positive("inputs", inputs);
    Checks.positive("outputs", outputs);
    Checks.integer("input zero point", inputZeroPoint, input);
    Checks.count("weights", (long) inputs * outputs, weights.length());
    Checks.count("biases", outputs, bias.length());
    Checks.count("multipliers", outputs, output.multipliers().size());
  }

  /** The matrix applied to int8 vectors. */
  public FullyConnected(
      int rows,
      int inputs,
      int outputs,
      int inputZeroPoint,
      Int8Array weights,
      Int32Array bias,
      OutputStage output) {
    this(rows, inputs, outputs, StorageType.INT8, inputZeroPoint, weights, bias, output);
  }

  @Override
  public StorageType inputStorage(int position) {
    return input;
  }

  @Override
  public StorageType outputStorage(int position) {
    return output.storage();
  }

  @Override
  public String kind() {
    return "fully_connected";
  }

  @Override
  public String summary() {
    return inputs + " -> " + outputs + (rows > 1 ? ", " + rows + " rows" : "") + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> images) {
    int[] x = Images.centred(images.get(0), input, rows * inputs, inputZeroPoint);
    byte[] w = weights.toArray();
    byte[] y = output.storage().image(rows * outputs);
    for (int row = 0; row < rows; row++) {
      long[] accumulators = new long[outputs];
      for (int o = 0; o < outputs; o++) {
        accumulators[o] = bias.get(o);
      }
      Images.multiplyAccumulate(x, row * inputs, w, 0, inputs, inputs, accumulators, 0, outputs);
      for (int o = 0; o < outputs; o++) {
        output.store(y, row * outputs + o, o, accumulators[o], input);
      }
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return (long) rows * weights.length();
  }

  @Override
  public long parameterBytes() {
    return weights.length() + 4L * outputs;
  }

  @Override
  public long accumulatorBound() {
    return Accumulators.bound(weights, bias, input, inputZeroPoint, output);
  }

  @Override
  public long accumulatorLimit() {
    return Accumulators.limit(input);
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * A matrix of weights applied to each row of the input, as TFLite's int8 FULLY_CONNECTED: {@code
 * y[r][o] = output(bias[o] + Σ (x[r][i] − inputZeroPoint) · w[o][i])}.
 *
 * @param rows vectors in the input, nearly always 1
 * @param inputs length of a vector
 * @param outputs length of a vector of the output
 * @param weights [outputs][inputs]
 * @param bias one for each output, the input's zero point not folded in
 * @param output one multiplier for each output
 */
public record FullyConnected(
    int rows,
    int inputs,
    int outputs,
    int inputZeroPoint,
    Int8Array weights,
    Int32Array bias,
    OutputStage output)
    implements IntegerOperator {

  public FullyConnected {
    Checks.positive("rows", rows);
    Checks.positive("inputs", inputs);
    Checks.positive("outputs", outputs);
    Checks.int8("input zero point", inputZeroPoint);
    Checks.count("weights", (long) inputs * outputs, weights.length());
    Checks.count("biases", outputs, bias.length());
    Checks.count("multipliers", outputs, output.multipliers().size());
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
    int[] x = Images.centred(images.get(0), rows * inputs, inputZeroPoint);
    byte[] w = weights.toArray();
    byte[] y = new byte[rows * outputs];
    for (int row = 0; row < rows; row++) {
      int[] accumulators = bias.toArray();
      Images.multiplyAccumulate(x, row * inputs, w, 0, inputs, inputs, accumulators, 0, outputs);
      for (int o = 0; o < outputs; o++) {
        y[row * outputs + o] = output.apply(o, accumulators[o]);
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
    return Accumulators.bound(weights, bias, inputZeroPoint, output);
  }
}

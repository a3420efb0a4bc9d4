package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import java.util.List;

/**
 * A leaky ReLU with a slope for each element, as TFLite's int8 PRELU. With {@code a = x −
 * inputZeroPoint}:
 *
 * <pre>
 *   y = saturate8(outputZeroPoint + requantize(a by positive))                            a ≥ 0
 *   y = saturate8(outputZeroPoint + requantize(a · (slope − slopeZeroPoint) by negative)) a &lt; 0
 * </pre>
 *
 * @param operands x and the slopes
 * @param positive inputScale / outputScale
 * @param negative inputScale · slopeScale / outputScale
 */
public record ParametricRelu(
    Broadcast operands,
    int inputZeroPoint,
    int slopeZeroPoint,
    Multiplier positive,
    Multiplier negative,
    int outputZeroPoint)
    implements IntegerOperator {

  public ParametricRelu {
    Checks.int8("input zero point", inputZeroPoint);
    Checks.int8("slope zero point", slopeZeroPoint);
    Checks.int8("output zero point", outputZeroPoint);
  }

  @Override
  public String kind() {
    return "prelu";
  }

  @Override
  public String summary() {
    return operands.toString();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.centred(inputs.get(0), operands.left().elements(), inputZeroPoint);
    int[] slope = Images.centred(inputs.get(1), operands.right().elements(), slopeZeroPoint);
    int[] xIndices = operands.leftIndices();
    int[] slopeIndices = operands.rightIndices();
    byte[] y = new byte[xIndices.length];
    for (int i = 0; i < y.length; i++) {
      int a = x[xIndices[i]];
      int steps = a >= 0 ? positive.apply(a) : negative.apply(a * slope[slopeIndices[i]]);
      y[i] = (byte) Math.max(-128, Math.min(127, outputZeroPoint + steps));
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return operands.output().elements();
  }

  @Override
  public long parameterBytes() {
    return 0;
  }

  @Override
  public long accumulatorBound() {
    long distance = Accumulators.largestDistance(inputZeroPoint);
    long product = distance * Accumulators.largestDistance(slopeZeroPoint);
    return Math.max(
        Accumulators.shifted(distance, positive), Accumulators.shifted(product, negative));
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * Product of two tensors, element by element, as TFLite's int8 MUL: {@code y = output((left −
 * leftZeroPoint) · (right − rightZeroPoint))}.
 *
 * @param output with a single multiplier, leftScale · rightScale / outputScale
 */
public record Multiply(
    Broadcast operands, int leftZeroPoint, int rightZeroPoint, OutputStage output)
    implements IntegerOperator {

  public Multiply {
    Checks.int8("left zero point", leftZeroPoint);
    Checks.int8("right zero point", rightZeroPoint);
    Checks.count("multipliers", 1, output.multipliers().size());
  }

  @Override
  public String kind() {
    return "multiply";
  }

  @Override
  public String summary() {
    return operands + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] left = Images.centred(inputs.get(0), operands.left().elements(), leftZeroPoint);
    int[] right = Images.centred(inputs.get(1), operands.right().elements(), rightZeroPoint);
    int[] leftIndices = operands.leftIndices();
    int[] rightIndices = operands.rightIndices();
    byte[] y = new byte[leftIndices.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = output.apply(0, left[leftIndices[i]] * right[rightIndices[i]]);
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
    long product =
        (long) Accumulators.largestDistance(leftZeroPoint)
            * Accumulators.largestDistance(rightZeroPoint);
    return Accumulators.shifted(product, output.multipliers().get(0));
  }
}

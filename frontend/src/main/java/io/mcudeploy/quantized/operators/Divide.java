package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * Quotient of two tensors, element by element, without a division in the firmware: {@code y =
 * output((left − leftZeroPoint) · reciprocal(right − rightZeroPoint))}. A divisor that is quantized
 * to 0 counts as half a positive step. Our own definition: TFLite has no int8 DIV.
 *
 * @param output with a single multiplier, leftScale / (rightScale · outputScale · 2^22)
 */
public record Divide(Broadcast operands, int leftZeroPoint, int rightZeroPoint, OutputStage output)
    implements IntegerOperator {

  /**
   * Fraction bits of the reciprocals: the largest for which 255 times the reciprocal of half a step
   * is below 2^31.
   */
  public static final int RECIPROCAL_BITS = 22;

  public Divide {
    Checks.int8("left zero point", leftZeroPoint);
    Checks.int8("right zero point", rightZeroPoint);
    Checks.count("multipliers", 1, output.multipliers().size());
  }

  /**
   * round(2^22 / divisor), halves away from zero, and 2^23 for 0.
   *
   * @param divisor −255..255
   */
  public static int reciprocal(int divisor) {
    if (divisor == 0) {
      return 1 << (RECIPROCAL_BITS + 1);
    }
    int magnitude = Math.abs(divisor);
    int rounded = ((1 << RECIPROCAL_BITS) + magnitude / 2) / magnitude;
    return divisor < 0 ? -rounded : rounded;
  }

  /** The reciprocals for the right operands −128..127, in order: a table for kernels. */
  public int[] reciprocals() {
    int[] reciprocals = new int[256];
    for (int i = 0; i < reciprocals.length; i++) {
      reciprocals[i] = reciprocal(i - 128 - rightZeroPoint);
    }
    return reciprocals;
  }

  @Override
  public String kind() {
    return "divide";
  }

  @Override
  public String summary() {
    return operands + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] left = Images.centred(inputs.get(0), operands.left().elements(), leftZeroPoint);
    byte[] right = inputs.get(1);
    Checks.count("right elements", operands.right().elements(), right.length);
    int[] reciprocals = reciprocals();
    int[] leftIndices = operands.leftIndices();
    int[] rightIndices = operands.rightIndices();
    byte[] y = new byte[leftIndices.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = output.apply(0, left[leftIndices[i]] * reciprocals[right[rightIndices[i]] + 128]);
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return operands.output().elements();
  }

  /** The table of reciprocals. */
  @Override
  public long parameterBytes() {
    return 4L * 256;
  }

  @Override
  public long accumulatorBound() {
    long quotient = (long) Accumulators.largestDistance(leftZeroPoint) << (RECIPROCAL_BITS + 1);
    return Accumulators.shifted(quotient, output.multipliers().get(0));
  }
}

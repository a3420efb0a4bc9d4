package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/**
 * Sum or difference of two tensors of different scales, as TFLite's int8 ADD and SUB: both operands
 * are brought to a common scale 2^-20 of twice the larger one,
 *
 * <pre>
 *   a = requantize((left − leftZeroPoint) · 2^20, leftMultiplier)
 *   b = requantize((right − rightZeroPoint) · 2^20, rightMultiplier)
 *   y = clamp(outputZeroPoint + requantize(a ± b, outputMultiplier))
 * </pre>
 *
 * @param subtract whether the right operand is subtracted
 * @param leftMultiplier below 1: leftScale / (2 · larger scale)
 * @param rightMultiplier below 1: rightScale / (2 · larger scale)
 * @param outputMultiplier below 1: 2 · larger scale / (2^20 · outputScale)
 * @param lowest lower clamp, int8
 * @param highest upper clamp, int8
 */
public record Add(
    Broadcast operands,
    boolean subtract,
    int leftZeroPoint,
    Multiplier leftMultiplier,
    int rightZeroPoint,
    Multiplier rightMultiplier,
    Multiplier outputMultiplier,
    int outputZeroPoint,
    int lowest,
    int highest)
    implements IntegerOperator {

  /** Fraction bits of the common scale: |x − z| ≤ 255 leaves room for them in an int32. */
  public static final int LEFT_SHIFT = 20;

  public Add {
    Checks.int8("left zero point", leftZeroPoint);
    Checks.int8("right zero point", rightZeroPoint);
    Checks.int8("output zero point", outputZeroPoint);
    Checks.clamp(lowest, highest);
    Checks.require(
        leftMultiplier.shift() >= 0
            && rightMultiplier.shift() >= 0
            && outputMultiplier.shift() >= 0,
        "a multiplier is 1 or more");
  }

  /** The sum or difference for given real scales. */
  public static Add of(
      Broadcast operands,
      boolean subtract,
      Quantization left,
      Quantization right,
      Quantization output,
      int lowest,
      int highest) {
    double common = 2 * Math.max(left.scale(), right.scale());
    return new Add(
        operands,
        subtract,
        left.zeroPoint(),
        Multiplier.of(left.scale() / common),
        right.zeroPoint(),
        Multiplier.of(right.scale() / common),
        Multiplier.of(common / ((1 << LEFT_SHIFT) * output.scale())),
        output.zeroPoint(),
        lowest,
        highest);
  }

  @Override
  public String kind() {
    return "add";
  }

  @Override
  public String summary() {
    return operands + (subtract ? ", difference" : "");
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] left = inputs.get(0);
    byte[] right = inputs.get(1);
    Checks.count("left elements", operands.left().elements(), left.length);
    Checks.count("right elements", operands.right().elements(), right.length);
    int[] leftIndices = operands.leftIndices();
    int[] rightIndices = operands.rightIndices();
    byte[] y = new byte[leftIndices.length];
    for (int i = 0; i < y.length; i++) {
      int a = leftMultiplier.apply((left[leftIndices[i]] - leftZeroPoint) << LEFT_SHIFT);
      int b = rightMultiplier.apply((right[rightIndices[i]] - rightZeroPoint) << LEFT_SHIFT);
      int sum = outputZeroPoint + outputMultiplier.apply(subtract ? a - b : a + b);
      y[i] = (byte) Math.max(lowest, Math.min(highest, sum));
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    return 0;
  }

  @Override
  public long accumulatorBound() {
    long left = (long) Accumulators.largestDistance(leftZeroPoint) << LEFT_SHIFT;
    long right = (long) Accumulators.largestDistance(rightZeroPoint) << LEFT_SHIFT;
    long sum =
        (long) Math.ceil(left * leftMultiplier.factor() + right * rightMultiplier.factor()) + 2;
    return Math.max(sum, Math.max(left, right));
  }
}

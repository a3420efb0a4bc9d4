package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;

/**
 * How two int8 numbers of different scales become comparable, as in {@link Add}: both times 2^20 at
 * twice the larger scale.
 *
 * @param leftMultiplier below 1: leftScale / (2 · larger scale)
 * @param rightMultiplier below 1: rightScale / (2 · larger scale)
 */
public record CommonScale(
    int leftZeroPoint, Multiplier leftMultiplier, int rightZeroPoint, Multiplier rightMultiplier) {
  public CommonScale {
    Checks.int8("left zero point", leftZeroPoint);
    Checks.int8("right zero point", rightZeroPoint);
    Checks.require(
        leftMultiplier.shift() >= 0 && rightMultiplier.shift() >= 0, "a multiplier is 1 or more");
  }

  /** The common scale of two quantizations. */
  public static CommonScale of(Quantization left, Quantization right) {
    double common = 2 * Math.max(left.scale(), right.scale());
    return new CommonScale(
        left.zeroPoint(),
        Multiplier.of(left.scale() / common),
        right.zeroPoint(),
        Multiplier.of(right.scale() / common));
  }

  int left(int x) {
    return leftMultiplier.apply((x - leftZeroPoint) << Add.INT8_FRACTION_BITS);
  }

  int right(int x) {
    return rightMultiplier.apply((x - rightZeroPoint) << Add.INT8_FRACTION_BITS);
  }

  long accumulatorBound() {
    long left = Accumulators.largestDistance(leftZeroPoint);
    long right = Accumulators.largestDistance(rightZeroPoint);
    return Math.max(left, right) << Add.INT8_FRACTION_BITS;
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;

/**
 * From one scale and zero point to another: {@code y = saturate8(outputZeroPoint + requantize(x −
 * inputZeroPoint))}, as TFLite's QUANTIZE from int8 to int8.
 *
 * @param multiplier inputScale / outputScale, below 2^22
 */
public record Rescale(int inputZeroPoint, Multiplier multiplier, int outputZeroPoint) {
  public Rescale {
    Checks.int8("input zero point", inputZeroPoint);
    Checks.int8("output zero point", outputZeroPoint);
    Checks.require(multiplier.shift() >= -22, "the scales are too far apart");
  }

  /** The change between two quantizations. */
  public static Rescale of(Quantization from, Quantization to) {
    return new Rescale(from.zeroPoint(), Multiplier.of(from.scale() / to.scale()), to.zeroPoint());
  }

  /** Whether every input stays as it is. */
  public boolean isIdentity() {
    return inputZeroPoint == outputZeroPoint && multiplier.equals(Multiplier.of(1));
  }

  public byte apply(byte x) {
    int y = outputZeroPoint + multiplier.apply(x - inputZeroPoint);
    return (byte) Math.max(-128, Math.min(127, y));
  }

  long accumulatorBound() {
    return Accumulators.shifted(Accumulators.largestDistance(inputZeroPoint), multiplier);
  }
}

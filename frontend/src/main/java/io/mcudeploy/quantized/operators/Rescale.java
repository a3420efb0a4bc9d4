package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;

/**
 * From one scale, zero point and storage to another: {@code y = saturate(outputZeroPoint +
 * requantize(x − inputZeroPoint))}, as TFLite's QUANTIZE between int8 and int16.
 *
 * @param multiplier inputScale / outputScale, below 2^22 from int8, below 2^14 from int16
 */
public record Rescale(
    StorageType input,
    int inputZeroPoint,
    Multiplier multiplier,
    int outputZeroPoint,
    StorageType output) {
  public Rescale {
    Checks.integer("input zero point", inputZeroPoint, input);
    Checks.integer("output zero point", outputZeroPoint, output);
    Checks.require(
        multiplier.shift() >= (input == StorageType.INT8 ? -22 : -14),
        "the scales are too far apart");
  }

  /** From int8 to int8. */
  public Rescale(int inputZeroPoint, Multiplier multiplier, int outputZeroPoint) {
    this(StorageType.INT8, inputZeroPoint, multiplier, outputZeroPoint, StorageType.INT8);
  }

  /** The change between two quantizations. */
  public static Rescale of(Quantization from, Quantization to) {
    return new Rescale(
        from.storage(),
        from.zeroPoint(),
        Multiplier.of(from.scale() / to.scale()),
        to.zeroPoint(),
        to.storage());
  }

  /** Whether every input stays as it is. */
  public boolean isIdentity() {
    return input == output
        && inputZeroPoint == outputZeroPoint
        && multiplier.equals(Multiplier.of(1));
  }

  /** Whether both sides are int8: such a change is a table of 256 entries. */
  public boolean isInt8() {
    return input == StorageType.INT8 && output == StorageType.INT8;
  }

  /** The result for one integer. */
  public int apply(int x) {
    return output.saturate(outputZeroPoint + multiplier.apply(x - inputZeroPoint));
  }

  /** The largest |x − z|, shifted to the left where the factor asks for it. */
  public long accumulatorBound() {
    return Accumulators.shifted(Accumulators.largestDistance(input, inputZeroPoint), multiplier);
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;

/**
 * What templates of layers with weights need to know of their input and sums. The zero point of an
 * int8 input is folded into the biases. That of an int16 input, nearly always 0, is subtracted when
 * the input is loaded: folded in, it could make biases of more than 32 bits.
 */
final class LinearCode {
  private LinearCode() {}

  /**
   * The code with {@code inputType}, {@code accumulator}, {@code inputCentre} and {@code
   * inputNote}.
   *
   * @param bound of the accumulators: 64 bits are used only where the real weights ask for them
   */
  static KernelCode of(KernelCode code, StorageType input, int zeroPoint, long bound) {
    boolean fits = bound <= IntegerOperator.LARGEST_INT32_ACCUMULATOR;
    return code.with("inputType", OutputCode.typeName(input))
        .with("accumulator", fits ? "int32_t" : "int64_t")
        .with("inputCentre", isFolded(input) ? "" : OutputCode.plus(-zeroPoint))
        .with("inputNote", isFolded(input) ? "; its zero point is folded into bias" : "");
  }

  /**
   * The biases as inner loops add them.
   *
   * @param weights [biases][columns]
   */
  static ConstantArray bias(
      Int32Array bias, Int8Array weights, int columns, StorageType input, int zeroPoint) {
    return isFolded(input)
        ? ConstantArray.int32(
            "bias",
            Blocks.fold(bias, weights, columns, zeroPoint),
            "at input scale * weight scale, the input's zero point folded in")
        : ConstantArray.int32("bias", bias, "at input scale * weight scale");
  }

  private static boolean isFolded(StorageType input) {
    return input == StorageType.INT8;
  }
}

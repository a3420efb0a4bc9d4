package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.operators.OutputStage;

/**
 * The code of one matrix of weights applied to many vectors that lie one behind the other: 1x1
 * convolutions and fully connected layers of several rows.
 */
final class PointwiseCode {
  private static final int PIXELS = 2;
  private static final int OUTPUTS = 2;
  private static final int UNROLLED = 4;

  private PointwiseCode() {}

  /**
   * @param weights [outputs][inputs]
   */
  static KernelCode of(
      String stem,
      int pixels,
      int inputs,
      int zeroPoint,
      Int8Array weights,
      Int32Array bias,
      OutputStage output,
      long bound) {
    int outputs = bias.length();
    KernelCode code =
        KernelCode.of(stem, "portable/pointwise.c.vm")
            .with("inputs", inputs)
            .with("outputs", outputs)
            .with("pixels", pixels)
            .with("columns", Blocks.of(pixels, PIXELS))
            .with("blocks", Blocks.of(outputs, OUTPUTS))
            .with("stretches", Blocks.of(inputs, UNROLLED))
            .with(
                ConstantArray.int8(
                    "weights",
                    Blocks.interleave(weights, outputs, inputs, OUTPUTS),
                    OUTPUTS * UNROLLED * 2,
                    "for each 2 of " + outputs + " outputs: [" + inputs + " inputs][2]"))
            .with(
                ConstantArray.int32(
                    "bias",
                    Blocks.fold(bias, weights, inputs, zeroPoint),
                    "at input scale * weight scale, the input's zero point folded in"));
    return OutputCode.perChannel(code, output, bound)
        .costing(2L * pixels * weights.length() + 20L * pixels * outputs, "2 pixels x 2 outputs");
  }
}

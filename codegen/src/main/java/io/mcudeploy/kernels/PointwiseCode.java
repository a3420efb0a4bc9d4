package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.StorageType;

/**
 * The code of one matrix of weights applied to many vectors that lie one behind the other: 1x1
 * convolutions and fully connected layers of several rows.
 */
final class PointwiseCode {
  private static final int UNROLLED = 4;

  private PointwiseCode() {}

  /**
   * @param weights [outputs][inputs]
   */
  static KernelCode of(
      Blocking blocking,
      String stem,
      int pixels,
      int inputs,
      StorageType input,
      int zeroPoint,
      Int8Array weights,
      Int32Array bias,
      ChannelOutputs stage,
      long bound) {
    int outputs = bias.length();
    KernelCode code =
        LinearCode.of(KernelCode.of(stem, "portable/pointwise.c.vm"), input, zeroPoint, bound)
            .with("inputs", inputs)
            .with("outputs", outputs)
            .with("pixels", pixels)
            .with("columns", Blocks.of(pixels, blocking.pixels()))
            .with("blocks", Blocks.of(outputs, blocking.outputs()))
            .with("blockOutputs", blocking.outputs())
            .with("stretches", Blocks.of(inputs, UNROLLED))
            .with(
                ConstantArray.int8(
                    "weights",
                    Blocks.interleave(weights, outputs, inputs, blocking.outputs()),
                    8 * blocking.outputs(),
                    "for each %d of %d outputs: [%d inputs][%d]"
                        .formatted(blocking.outputs(), outputs, inputs, blocking.outputs())))
            .with(LinearCode.bias(stage.biases(bias), weights, inputs, input, zeroPoint));
    return stage
        .with(code)
        .costing(
            (long) pixels * weights.length() * blocking.productCost() / 10
                + (long) stage.cost() * pixels * outputs,
            blocking.note("output") + stage.note());
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Window;

/** What the templates of max and average pools name. */
public final class PoolCode {
  private PoolCode() {}

  /**
   * The code of a pool, without what its family's templates name besides.
   *
   * @param family its folder of templates
   * @param operator the stem of the template
   * @param lowest lower clamp
   * @param highest upper clamp
   */
  public static KernelCode of(
      String family, String operator, Window window, int lowest, int highest) {
    return KernelCode.of(WindowCode.stem(operator, window), family + "/" + operator + ".c.vm")
        .with("inputHeight", window.inputHeight())
        .with("inputWidth", window.inputWidth())
        .with("inputChannels", window.inputChannels())
        .with("outputHeight", window.outputHeight())
        .with("outputWidth", window.outputWidth())
        .with("kernelHeight", window.kernelHeight())
        .with("kernelWidth", window.kernelWidth())
        .with("strideHeight", window.strideHeight())
        .with("strideWidth", window.strideWidth())
        .with("paddingTop", window.paddingTop())
        .with("paddingLeft", window.paddingLeft())
        .with("padded", window.isPadded() ? 1 : 0)
        .with("lowest", lowest)
        .with("highest", highest);
  }
}

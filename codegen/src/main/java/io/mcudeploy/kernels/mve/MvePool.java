package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.RowOrder;
import io.mcudeploy.quantized.operators.Window;

/** What the templates of both pools name. */
final class MvePool {
  private MvePool() {}

  /**
   * @param operator the stem of the template
   * @param lanes channels at a time
   * @param finishCost instructions of a vector of outputs beside its sum or maximum
   */
  static KernelCode code(
      String operator, Window given, int lowest, int highest, int lanes, int finishCost) {
    Window window = flat(given);
    long places = (long) window.kernelHeight() * window.kernelWidth();
    long vectors = (window.inputChannels() + lanes - 1L) / lanes;
    return KernelCode.of(
            "%s_%dx%dx%d_to_%dx%d"
                .formatted(
                    operator,
                    window.inputHeight(),
                    window.inputWidth(),
                    window.inputChannels(),
                    window.outputHeight(),
                    window.outputWidth()),
            "cmsis-nn/mve/" + operator + ".c.vm")
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
        .with("highest", highest)
        .leadingBy(RowOrder.lead(window, 1, window.inputChannels(), 0))
        .costing(
            window.outputPositions() * (vectors * (4 * places + finishCost) + 15),
            lanes + " channels");
  }

  /** A window over the whole image as one row of pixels. */
  private static Window flat(Window window) {
    boolean whole =
        window.outputPositions() == 1
            && !window.isPadded()
            && window.kernelHeight() == window.inputHeight()
            && window.kernelWidth() == window.inputWidth();
    int pixels = window.inputHeight() * window.inputWidth();
    return whole ? Window.valid(1, pixels, window.inputChannels(), 1, pixels, 1, 1) : window;
  }
}

package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.PoolCode;
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
    return PoolCode.of("cmsis-nn/mve", operator, window, lowest, highest)
        .leadingBy(RowOrder.lead(window, 1, window.inputChannels(), 0))
        .costing(
            window.outputPositions() * (vectors * (4 * places + finishCost) + 15),
            lanes + " channels");
  }

  /** A window over the whole image as one row of pixels. */
  private static Window flat(Window window) {
    int pixels = window.inputHeight() * window.inputWidth();
    return window.coversImage()
        ? Window.valid(1, pixels, window.inputChannels(), 1, pixels, 1, 1)
        : window;
  }
}

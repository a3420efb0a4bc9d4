package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.operators.Window;

/** What the templates of both pools name. */
final class Pooling {
  private Pooling() {}

  /**
   * @param operator the stem of the template
   * @param finishCost instructions of four outputs beside their sums or maxima
   */
  static KernelCode code(String operator, Window window, int lowest, int highest, int finishCost) {
    ChannelGroups groups = new ChannelGroups(window.inputChannels());
    long places = (long) window.kernelHeight() * window.kernelWidth();
    return KernelCode.of(
            "%s_%dx%dx%d_to_%dx%d"
                .formatted(
                    operator,
                    window.inputHeight(),
                    window.inputWidth(),
                    window.inputChannels(),
                    window.outputHeight(),
                    window.outputWidth()),
            "cmsis-nn/dsp/" + operator + ".c.vm")
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
        .with("groups", groups.count())
        .with("lastGroup", groups.last())
        .with("lowest", lowest)
        .with("highest", highest)
        .costing(
            window.outputPositions() * (groups.count() * (5 * places + finishCost) + 20),
            "4 channels in a word");
  }
}

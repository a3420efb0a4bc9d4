package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.PoolCode;
import io.mcudeploy.quantized.operators.Window;

/** What the templates of both pools name. */
final class Pooling {
  private Pooling() {}

  /**
   * @param operator the stem of the template
   * @param placeCost instructions of four numbers under the window
   * @param finishCost instructions of four outputs beside their sums or maxima
   */
  static KernelCode code(
      String operator, Window window, int lowest, int highest, int placeCost, int finishCost) {
    ChannelGroups groups = new ChannelGroups(window.inputChannels());
    long places = (long) window.kernelHeight() * window.kernelWidth();
    return PoolCode.of("cmsis-nn/dsp", operator, window, lowest, highest)
        .with("groups", groups.count())
        .with("lastGroup", groups.last())
        .costing(
            window.outputPositions() * (groups.count() * (placeCost * places + finishCost) + 20),
            "4 channels in a word");
  }
}

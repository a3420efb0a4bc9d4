package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.operators.AveragePool2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/**
 * Average pooling, four channels in a word: SXTAB16 widens and adds two at once. Windows of more
 * than 255 places could overflow int16 sums and are left to the portable loops.
 */
public final class DspAveragePool2d implements Kernel<AveragePool2d> {
  private static final int MOST_PLACES = 255;

  @Override
  public Class<AveragePool2d> operator() {
    return AveragePool2d.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(AveragePool2d pool) {
    Window window = pool.window();
    if (!Channels.areInt8(pool)
        || window.inputChannels() < ChannelGroups.SIZE
        || window.dilationHeight() > 1
        || window.dilationWidth() > 1
        || window.kernelHeight() * window.kernelWidth() > MOST_PLACES) {
      return List.of();
    }
    return List.of(Pooling.code("average_pool2d", window, pool.lowest(), pool.highest(), 5, 60));
  }
}

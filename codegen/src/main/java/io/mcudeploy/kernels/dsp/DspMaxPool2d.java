package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/** Maximum pooling, four channels in a word: SSUB8 and SEL take the larger of each byte. */
public final class DspMaxPool2d implements Kernel<MaxPool2d> {

  @Override
  public Class<MaxPool2d> operator() {
    return MaxPool2d.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(MaxPool2d pool) {
    Window window = pool.window();
    if (!Channels.areInt8(pool)
        || window.inputChannels() < ChannelGroups.SIZE
        || window.dilationHeight() > 1
        || window.dilationWidth() > 1) {
      return List.of();
    }
    // Windows at an edge are not written out.
    int place = window.isPadded() ? 5 : 3;
    return List.of(Pooling.code("max_pool2d", window, pool.lowest(), pool.highest(), place, 2));
  }
}

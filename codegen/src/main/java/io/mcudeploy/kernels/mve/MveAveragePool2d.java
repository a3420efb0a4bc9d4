package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.AveragePool2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/**
 * Average pooling, 8 channels at a time. Windows of more than 255 places could overflow int16 sums
 * and are left to other kernels.
 */
public final class MveAveragePool2d implements Kernel<AveragePool2d> {
  private static final int MOST_PLACES = 255;

  @Override
  public Class<AveragePool2d> operator() {
    return AveragePool2d.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(AveragePool2d pool) {
    Window window = pool.window();
    if (pool.inputStorage(0) != StorageType.INT8
        || window.dilationHeight() > 1
        || window.dilationWidth() > 1
        || window.kernelHeight() * window.kernelWidth() > MOST_PLACES) {
      return List.of();
    }
    return List.of(MvePool.code("average_pool2d", window, pool.lowest(), pool.highest(), 8, 30));
  }
}

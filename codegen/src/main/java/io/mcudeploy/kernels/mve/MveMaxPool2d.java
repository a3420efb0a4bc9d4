package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/** Maximum pooling, 16 channels at a time. */
public final class MveMaxPool2d implements Kernel<MaxPool2d> {
  @Override
  public Class<MaxPool2d> operator() {
    return MaxPool2d.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(MaxPool2d pool) {
    Window window = pool.window();
    if (pool.inputStorage(0) != StorageType.INT8
        || window.dilationHeight() > 1
        || window.dilationWidth() > 1) {
      return List.of();
    }
    return List.of(MvePool.code("max_pool2d", window, pool.lowest(), pool.highest(), 16, 8));
  }
}

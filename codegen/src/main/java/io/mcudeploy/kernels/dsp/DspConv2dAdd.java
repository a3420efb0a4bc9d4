package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Fused;
import java.util.List;
import java.util.Optional;

/**
 * A convolution and the sum of its output and another tensor: the blocks of {@link DspConv2d},
 * whose outputs become sums before they are stored. Where no block overlaps another, the sum takes
 * the other tensor's place.
 */
public final class DspConv2dAdd implements Kernel<Fused> {
  @Override
  public Class<Fused> operator() {
    return Fused.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(Fused pair) {
    if (pair.first() instanceof Conv2d conv
        && pair.second() instanceof Add add
        && DspConv2d.hasBlocks(conv)) {
      return ResidualSum.of(add, pair.position())
          .map(sum -> DspConv2d.variants(conv, Optional.of(sum)))
          .orElse(List.of());
    }
    return List.of();
  }
}

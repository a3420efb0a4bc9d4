package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.OneHot;
import java.util.List;

/** A mark at each index, portable. */
final class OneHotKernel implements Kernel<OneHot> {
  @Override
  public Class<OneHot> operator() {
    return OneHot.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(OneHot operator) {
    return List.of(
        KernelCode.of(
                "one_hot_" + operator.outer() + "x" + operator.depth() + "x" + operator.inner(),
                "portable/one_hot.c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner())
            .with("off", operator.off())
            .with("on", operator.on())
            .costing(8L * operator.outer() * operator.depth() * operator.inner(), ""));
  }
}

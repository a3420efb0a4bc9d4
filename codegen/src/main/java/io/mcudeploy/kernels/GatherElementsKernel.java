package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.GatherElements;
import java.util.List;

/** One element for each computed index, portable. */
final class GatherElementsKernel implements Kernel<GatherElements> {
  @Override
  public Class<GatherElements> operator() {
    return GatherElements.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(GatherElements operator) {
    long elements = (long) operator.outer() * operator.count() * operator.inner();
    return List.of(
        KernelCode.of(
                "gather_elements_"
                    + operator.outer()
                    + "x"
                    + operator.depth()
                    + "x"
                    + operator.inner(),
                "portable/gather_elements.c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner())
            .with("count", operator.count())
            .reading("x", "indices")
            .costing(12L * elements, ""));
  }
}

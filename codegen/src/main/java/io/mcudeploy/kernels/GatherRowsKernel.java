package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.GatherRows;
import java.util.List;

/** Rows by computed indices, portable. */
final class GatherRowsKernel implements Kernel<GatherRows> {
  @Override
  public Class<GatherRows> operator() {
    return GatherRows.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(GatherRows operator) {
    long elements = (long) operator.outer() * operator.count() * operator.run();
    return List.of(
        KernelCode.of(
                "gather_rows_" + operator.outer() + "x" + operator.depth() + "x" + operator.run(),
                "portable/gather_rows.c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("run", operator.run())
            .with("count", operator.count())
            .reading("x", "indices")
            .costing(5L * elements, ""));
  }
}

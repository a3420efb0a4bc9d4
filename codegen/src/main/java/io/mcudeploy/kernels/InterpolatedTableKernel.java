package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.InterpolatedTable;
import java.util.List;

/** A function of one int16, portable: straight lines between the points of a table. */
final class InterpolatedTableKernel implements Kernel<InterpolatedTable> {
  @Override
  public Class<InterpolatedTable> operator() {
    return InterpolatedTable.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(InterpolatedTable operator) {
    return List.of(
        KernelCode.of(
                "interpolated_table_" + operator.elements(), "portable/interpolated_table.c.vm")
            .with("elements", operator.elements())
            .with(
                new ConstantArray(
                    "points",
                    CType.INT16,
                    operator.points(),
                    0,
                    "y for x = -32768, -32640, ... 32768"))
            .inPlaceOf(0)
            .costing(12L * operator.elements(), ""));
  }
}

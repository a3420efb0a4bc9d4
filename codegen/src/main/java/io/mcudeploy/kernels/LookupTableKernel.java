package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.LookupTable;
import java.util.List;

/** A function of one variable, portable: one table. */
final class LookupTableKernel implements Kernel<LookupTable> {
  @Override
  public Class<LookupTable> operator() {
    return LookupTable.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(LookupTable operator) {
    return List.of(Tables.elementwise(operator.elements(), operator.table()));
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Requantize;
import java.util.List;

/** Change of scale, portable: a table of all 256 values is smaller than its arithmetic is slow. */
final class RequantizeKernel implements Kernel<Requantize> {
  @Override
  public Class<Requantize> operator() {
    return Requantize.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Requantize operator) {
    return List.of(Tables.elementwise(operator.elements(), Tables.of(operator.rescale())));
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Requantize;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.List;

/**
 * Change of scale, portable: between int8 a table, as all 256 values are smaller than the
 * arithmetic is slow.
 */
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
    Rescale rescale = operator.rescale();
    if (rescale.isInt8()) {
      return List.of(Tables.elementwise(operator.elements(), Tables.of(rescale)));
    }
    KernelCode code =
        KernelCode.of("requantize_" + operator.elements(), "portable/requantize.c.vm")
            .with("elements", operator.elements())
            .with("inputType", OutputCode.typeName(rescale.input()))
            .with("outputType", OutputCode.typeName(rescale.output()))
            .with("result", Tables.rescaled(rescale, "x[i]"))
            .costing(12L * operator.elements(), "");
    boolean narrows = rescale.input().bytes() >= rescale.output().bytes();
    return List.of(narrows ? code.inPlaceOf(0) : code);
  }
}

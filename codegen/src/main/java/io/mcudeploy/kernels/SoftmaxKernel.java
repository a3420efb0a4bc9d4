package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Softmax;
import java.util.List;

/** Softmax, portable: exponentials by table, one reciprocal a row. */
final class SoftmaxKernel implements Kernel<Softmax> {
  @Override
  public Class<Softmax> operator() {
    return Softmax.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Softmax operator) {
    return List.of(
        KernelCode.of(
                "softmax_" + operator.outer() + "x" + operator.depth() + "x" + operator.inner(),
                "portable/softmax.c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner())
            .with(
                new ConstantArray(
                    "exponential",
                    CType.INT32,
                    operator.exponentials(),
                    0,
                    "2^31 * exp(-scale * i) for i = 0..255"))
            .inPlaceOf(0)
            .costing(25L * operator.outer() * operator.depth() * operator.inner(), ""));
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.ReduceProduct;
import java.util.List;

/** Products along an axis, portable. */
final class ReduceProductKernel implements Kernel<ReduceProduct> {
  @Override
  public Class<ReduceProduct> operator() {
    return ReduceProduct.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(ReduceProduct operator) {
    KernelCode code =
        KernelCode.of(
                "reduce_product_"
                    + operator.outer()
                    + "x"
                    + operator.depth()
                    + "x"
                    + operator.inner(),
                "portable/reduce_product.c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner())
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with("exponent", operator.exponent())
            .with("largestExponent", ReduceProduct.LARGEST_EXPONENT);
    return List.of(
        OutputCode.single(code, operator.output(), operator.accumulatorBound())
            .costing(25L * operator.outer() * operator.depth() * operator.inner(), ""));
  }
}

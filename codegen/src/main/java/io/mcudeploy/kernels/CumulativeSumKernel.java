package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.CumulativeSum;
import java.util.List;

/** Running sums, portable. */
final class CumulativeSumKernel implements Kernel<CumulativeSum> {
  @Override
  public Class<CumulativeSum> operator() {
    return CumulativeSum.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(CumulativeSum operator) {
    KernelCode code =
        KernelCode.of(
                "cumulative_sum_"
                    + operator.outer()
                    + "x"
                    + operator.depth()
                    + "x"
                    + operator.inner(),
                "portable/cumulative_sum.c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner())
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with("place", operator.reverse() ? operator.depth() - 1 + " - d" : "d")
            .with("total", operator.exclusive() ? "sum" : "sum + value")
            .with("which", which(operator))
            .inPlaceOf(0);
    return List.of(
        OutputCode.single(code, operator.output(), operator.accumulatorBound())
            .costing(22L * operator.outer() * operator.depth() * operator.inner(), ""));
  }

  private static String which(CumulativeSum operator) {
    return (operator.reverse() ? ">" : "<") + (operator.exclusive() ? "" : "=");
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.TopIndices;
import java.util.List;

/** The greatest or smallest elements, portable: a scan for one, insertion for several. */
final class TopIndicesKernel implements Kernel<TopIndices> {
  @Override
  public Class<TopIndices> operator() {
    return TopIndices.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(TopIndices operator) {
    String order = (operator.largest() ? ">" : "<") + (operator.last() ? "=" : "");
    boolean one = operator.count() == 1;
    long columns = (long) operator.outer() * operator.inner();
    return List.of(
        KernelCode.of(
                (one ? "arg_" : "top_" + operator.count() + "_")
                    + (operator.largest() ? "max_" : "min_")
                    + operator.outer()
                    + "x"
                    + operator.depth()
                    + "x"
                    + operator.inner(),
                one ? "portable/arg_extreme.c.vm" : "portable/top_indices.c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner())
            .with("count", operator.count())
            .with("order", order)
            .with("what", operator.largest() ? "greatest" : "smallest")
            .with("equal", operator.last() ? "last" : "first")
            .costing(columns * operator.depth() * (one ? 6L : 10L + 4L * operator.count()), ""));
  }
}

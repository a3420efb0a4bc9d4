package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Softmax;
import java.util.Arrays;
import java.util.List;

/** Softmax, portable: exponentials by table, one reciprocal a row. */
final class SoftmaxKernel implements Kernel<Softmax> {
  /**
   * Exponentials below 2^11 in Q31 are 0 in the sum, which has Q19, and in shares, which are at
   * most as large: where a table ends before 255, its last entry is such a 0 for all that follow.
   */
  private static final int LEAST_THAT_COUNTS = 1 << 11;

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
    Int32Array whole = operator.exponentials();
    int needed = 0;
    while (needed < whole.length() && whole.get(needed) >= LEAST_THAT_COUNTS) {
      needed++;
    }
    KernelCode full = code(operator, whole, 20);
    if (needed + 1 >= whole.length()) {
      return List.of(full);
    }
    int[] values = Arrays.copyOf(whole.toArray(), needed + 1);
    values[needed] = 0;
    return List.of(full, code(operator, Int32Array.of(values), 24));
  }

  private static KernelCode code(Softmax operator, Int32Array exponentials, long costOfElement) {
    boolean mayBeFlat = operator.depth() >= Softmax.FLAT_DEPTH;
    return KernelCode.of(
            "softmax_" + operator.outer() + "x" + operator.depth() + "x" + operator.inner(),
            "portable/softmax.c.vm")
        .with("outer", operator.outer())
        .with("depth", operator.depth())
        .with("inner", operator.inner())
        .with(
            new ConstantArray(
                "exponential",
                CType.INT32,
                exponentials,
                0,
                "2^31 * exp(-scale * i) for i = 0.." + (exponentials.length() - 1)))
        .with("last", exponentials.length() - 1)
        .with("entries", exponentials.length())
        .with("flat", mayBeFlat ? List.of(0) : List.of())
        .with("flatNote", mayBeFlat ? "; from 512 on, no share reaches half a step" : "")
        .inPlaceOf(0)
        .costing(costOfElement * operator.outer() * operator.depth() * operator.inner(), "");
  }
}

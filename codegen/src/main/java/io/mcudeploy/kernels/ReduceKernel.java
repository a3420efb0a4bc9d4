package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Reduce;
import java.util.List;
import java.util.Locale;

/** Sums, maxima and lengths along an axis, portable. */
final class ReduceKernel implements Kernel<Reduce> {
  @Override
  public Class<Reduce> operator() {
    return Reduce.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Reduce operator) {
    String stem = "reduce_" + operator.reduction().name().toLowerCase(Locale.ROOT);
    KernelCode code =
        KernelCode.of(
                stem + "_" + operator.outer() + "x" + operator.depth() + "x" + operator.inner(),
                "portable/" + stem + ".c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner())
            .with("inputType", OutputCode.typeName(operator.input()))
            .with("smallest", operator.input().lowest())
            .with("start", -operator.depth() * operator.inputZeroPoint())
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with("squareShift", squareShift(operator));
    return List.of(
        OutputCode.single(code, operator.output(), operator.accumulatorBound())
            .costing(
                (long) operator.outer() * operator.inner() * (4L * operator.depth() + 20), ""));
  }

  /** By how many bits a sum of squares is shifted to the left before the root is taken. */
  private static int squareShift(Reduce operator) {
    return operator.reduction() == Reduce.Reduction.L2
        ? 2 * Reduce.rootBits(operator.depth(), operator.inputZeroPoint())
        : 0;
  }
}

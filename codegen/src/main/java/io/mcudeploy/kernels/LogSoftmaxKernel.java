package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.LogSoftmax;
import java.util.List;

/** LogSoftmax, portable: exponentials by table, one logarithm a row by lines between points. */
final class LogSoftmaxKernel implements Kernel<LogSoftmax> {
  @Override
  public Class<LogSoftmax> operator() {
    return LogSoftmax.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(LogSoftmax operator) {
    KernelCode code =
        KernelCode.of(
                "log_softmax_" + operator.outer() + "x" + operator.depth() + "x" + operator.inner(),
                "portable/log_softmax.c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner())
            .with("step", operator.step())
            .with(
                ConstantArray.int32(
                    "exponential",
                    operator.exponentials(),
                    "2^31 * exp(-scale * i) for i = 0..255"))
            .with(
                ConstantArray.int32(
                    "logarithm",
                    operator.logarithms(),
                    "ln(1 + i / 64) for i = 0..64, fixed point"));
    return List.of(
        OutputCode.single(code, operator.output(), operator.accumulatorBound())
            .inPlaceOf(0)
            .costing(25L * operator.outer() * operator.depth() * operator.inner(), ""));
  }
}

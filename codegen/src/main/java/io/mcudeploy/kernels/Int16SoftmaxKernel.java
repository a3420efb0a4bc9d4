package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Int16Softmax;
import java.util.List;

/** Softmax of int16, portable: exponentials and the reciprocal of their sum by tables. */
final class Int16SoftmaxKernel implements Kernel<Int16Softmax> {
  @Override
  public Class<Int16Softmax> operator() {
    return Int16Softmax.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Int16Softmax operator) {
    return List.of(
        KernelCode.of(
                "int16_softmax_"
                    + operator.outer()
                    + "x"
                    + operator.depth()
                    + "x"
                    + operator.inner(),
                "portable/int16_softmax.c.vm")
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner())
            .with("multiplier", operator.multiplier().multiplier())
            .with("shift", OutputCode.shift(operator.multiplier()))
            .with(table("exponential", Int16Softmax.EXPONENTIALS, "exp(x), x = -10..0, Q15"))
            .with(table("reciprocal", Int16Softmax.RECIPROCALS, "1 / (1 + x), x = 0..1, Q15"))
            .inPlaceOf(0)
            .costing(50L * operator.outer() * operator.depth() * operator.inner(), ""));
  }

  private static ConstantArray table(String name, Int32Array points, String comment) {
    return new ConstantArray(name, CType.INT16, points, 0, comment);
  }
}

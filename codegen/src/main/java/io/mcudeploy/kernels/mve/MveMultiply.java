package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.Broadcasts;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Multiply;
import java.util.List;

/** Product of two tensors of int8, four numbers at a time. */
public final class MveMultiply implements Kernel<Multiply> {
  @Override
  public Class<Multiply> operator() {
    return Multiply.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(Multiply operator) {
    if (operator.input() != StorageType.INT8 || operator.output().storage() != StorageType.INT8) {
      return List.of();
    }
    return LaneLoops.of(operator.operands()).map(loops -> code(operator, loops)).stream().toList();
  }

  private static KernelCode code(Multiply operator, LaneLoops loops) {
    KernelCode code =
        KernelCode.of(
                "multiply_" + Broadcasts.stem(operator.operands()), "cmsis-nn/mve/multiply.c.vm")
            .with("output", LaneLoops.scaled("products", operator.output().multipliers().get(0)))
            .with("outputZeroPoint", operator.output().zeroPoint())
            .with("lowest", operator.output().lowest())
            .with("highest", operator.output().highest())
            .with("bound", operator.accumulatorBound());
    return loops
        .in(code, operator.leftZeroPoint(), operator.rightZeroPoint())
        .costing(16L * operator.operands().output().elements() / 4, "4 numbers");
  }
}

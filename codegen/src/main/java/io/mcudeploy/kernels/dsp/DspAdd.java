package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.Blocks;
import io.mcudeploy.kernels.Broadcasts;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Plane;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Broadcast;
import java.util.List;

/**
 * Sum and difference of tensors of one shape as a {@link Plane} over both numbers: two
 * multiplications, a shift and a clamp. Repeated operands, and scales that no plane meets, are left
 * to the portable loops.
 */
public final class DspAdd implements Kernel<Add> {
  /** Elements that are loaded before the first is stored. */
  private static final int UNROLLED = 4;

  @Override
  public Class<Add> operator() {
    return Add.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(Add operator) {
    if (!Channels.areInt8(operator) || !operator.operands().isElementwise()) {
      return List.of();
    }
    return Plane.of(operator).map(plane -> List.of(code(operator, plane))).orElse(List.of());
  }

  private static KernelCode code(Add operator, Plane plane) {
    Broadcast operands = operator.operands();
    int elements = operands.output().elements();
    return KernelCode.of(
            (operator.subtract() ? "subtract_" : "add_") + Broadcasts.stem(operands),
            "cmsis-nn/dsp/add.c.vm")
        .with("what", operator.subtract() ? "difference" : "sum")
        .with("elements", elements)
        .with("stretches", Blocks.of(elements, UNROLLED))
        .with("left", plane.left())
        .with("right", plane.right())
        .with("offset", plane.offset())
        .with("shift", plane.shift())
        .with("lowest", operator.lowest())
        .with("highest", operator.highest())
        .reading("a", "b")
        .inPlaceOf(0, 1)
        .costing(8L * elements, "one plane");
  }
}

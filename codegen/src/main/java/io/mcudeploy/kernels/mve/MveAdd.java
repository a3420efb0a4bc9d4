package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.Broadcasts;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Plane;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import java.util.List;
import java.util.Optional;

/**
 * Sum and difference, four numbers at a time: of tensors of one shape as a {@link Plane} where
 * there is one, else each operand is brought to the common scale.
 */
public final class MveAdd implements Kernel<Add> {
  @Override
  public Class<Add> operator() {
    return Add.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(Add operator) {
    if (operator.storage() != StorageType.INT8 || operator.inputStorage(0) != StorageType.INT8) {
      return List.of();
    }
    Optional<Plane> plane =
        operator.operands().isElementwise() ? Plane.of(operator) : Optional.empty();
    return plane
        .map(found -> byPlane(operator, found))
        .or(() -> LaneLoops.of(operator.operands()).map(loops -> byScaling(operator, loops)))
        .map(code -> code.with("lowest", operator.lowest()).with("highest", operator.highest()))
        .stream()
        .toList();
  }

  private static KernelCode byPlane(Add operator, Plane plane) {
    return KernelCode.of(stem(operator), "cmsis-nn/mve/add_plane.c.vm")
        .with("what", operator.subtract() ? "difference" : "sum")
        .with("left", plane.left())
        .with("right", plane.right())
        .with("offset", plane.offset())
        .with("shift", plane.shift())
        .with("elements", operator.operands().output().elements())
        .reading("a", "b")
        .inPlaceOf(0, 1)
        .costing(10L * operator.operands().output().elements() / 4, "one plane");
  }

  private static KernelCode byScaling(Add operator, LaneLoops loops) {
    KernelCode code =
        KernelCode.of(stem(operator), "cmsis-nn/mve/add.c.vm")
            .with("sign", operator.subtract() ? "-" : "+")
            .with("combine", operator.subtract() ? "vsubq_s32" : "vaddq_s32")
            .with("fractionBits", operator.fractionBits())
            .with("left", operand("left", operator.fractionBits(), operator.leftMultiplier()))
            .with("right", operand("right", operator.fractionBits(), operator.rightMultiplier()))
            .with("output", LaneLoops.scaled("sums", operator.outputMultiplier()))
            .with("outputZeroPoint", operator.outputZeroPoint())
            .with("bound", operator.accumulatorBound());
    return loops
        .in(code, operator.leftZeroPoint(), operator.rightZeroPoint())
        .costing(24L * operator.operands().output().elements() / 4, "4 numbers");
  }

  private static String stem(Add operator) {
    return (operator.subtract() ? "subtract_" : "add_") + Broadcasts.stem(operator.operands());
  }

  /** requantize(v * 2^bits) as C; a factor of exactly a half is a smaller shift. */
  private static String operand(String vector, int bits, Multiplier multiplier) {
    return multiplier.equals(Multiplier.of(0.5))
        ? "vshlq_n_s32(" + vector + ", " + (bits - 1) + ")"
        : LaneLoops.scaled("vshlq_n_s32(" + vector + ", " + bits + ")", multiplier);
  }
}

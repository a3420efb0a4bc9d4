package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.Broadcasts;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.dsp.Plane;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import java.util.List;

/**
 * Sum and difference of tensors of one shape, four numbers at a time: as a {@link Plane} where
 * there is one, else each operand is brought to the common scale. Repeated operands are left to the
 * portable loops.
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
    if (operator.storage() != StorageType.INT8
        || operator.inputStorage(0) != StorageType.INT8
        || !operator.operands().isElementwise()) {
      return List.of();
    }
    KernelCode code =
        Plane.of(operator)
            .map(plane -> byPlane(operator, plane))
            .orElseGet(() -> byScaling(operator));
    return List.of(
        code.with("elements", operator.operands().output().elements())
            .with("lowest", operator.lowest())
            .with("highest", operator.highest())
            .reading("a", "b")
            .inPlaceOf(0, 1));
  }

  private static KernelCode byPlane(Add operator, Plane plane) {
    return KernelCode.of(stem(operator), "cmsis-nn/mve/add_plane.c.vm")
        .with("what", operator.subtract() ? "difference" : "sum")
        .with("left", plane.left())
        .with("right", plane.right())
        .with("offset", plane.offset())
        .with("shift", plane.shift())
        .costing(10L * operator.operands().output().elements() / 4, "one plane");
  }

  private static KernelCode byScaling(Add operator) {
    return KernelCode.of(stem(operator), "cmsis-nn/mve/add.c.vm")
        .with("sign", operator.subtract() ? "-" : "+")
        .with("combine", operator.subtract() ? "vsubq_s32" : "vaddq_s32")
        .with("leftZeroPoint", operator.leftZeroPoint())
        .with("rightZeroPoint", operator.rightZeroPoint())
        .with("left", operand("left", operator.fractionBits(), operator.leftMultiplier()))
        .with("right", operand("right", operator.fractionBits(), operator.rightMultiplier()))
        .with("output", scaled("sums", operator.outputMultiplier()))
        .with("outputZeroPoint", operator.outputZeroPoint())
        .with("bound", operator.accumulatorBound())
        .costing(28L * operator.operands().output().elements() / 4, "4 numbers");
  }

  private static String stem(Add operator) {
    return (operator.subtract() ? "subtract_" : "add_") + Broadcasts.stem(operator.operands());
  }

  /** requantize(v * 2^bits) as C; a factor of exactly a half is a smaller shift. */
  private static String operand(String vector, int bits, Multiplier multiplier) {
    return multiplier.equals(Multiplier.of(0.5))
        ? "vshlq_n_s32(" + vector + ", " + (bits - 1) + ")"
        : scaled("vshlq_n_s32(" + vector + ", " + bits + ")", multiplier);
  }

  private static String scaled(String vector, Multiplier multiplier) {
    return "requantize_lanes%s(%s, %d, %d)"
        .formatted(
            multiplier.shift() > 0 ? "" : "_any",
            vector,
            multiplier.multiplier(),
            -multiplier.shift());
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.List;
import java.util.Optional;

/**
 * Sum and difference, portable: of int8 as a {@link Plane} where there is one, else each operand is
 * brought to the common scale; one that is there already needs a shift only.
 */
final class AddKernel implements Kernel<Add> {
  @Override
  public Class<Add> operator() {
    return Add.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Add operator) {
    Optional<Plane> plane =
        operator.storage() == StorageType.INT8 ? Plane.of(operator) : Optional.empty();
    return List.of(plane.map(p -> byPlane(operator, p)).orElseGet(() -> byScaling(operator)));
  }

  private static KernelCode byPlane(Add operator, Plane plane) {
    Loops loops = Broadcasts.loops(operator.operands());
    return code(operator, "portable/add_plane.c.vm")
        .with("what", operator.subtract() ? "difference" : "sum")
        .with("a", loops.indices().get(0))
        .with("b", loops.indices().get(1))
        .with("left", plane.left())
        .with("right", plane.right())
        .with("offset", OutputCode.plus(plane.offset()))
        .with("shift", plane.shift())
        .with("lowest", operator.lowest())
        .with("highest", operator.highest())
        .costing(14L * operator.operands().output().elements(), "one plane");
  }

  /** The loops over both operands, as every template of sums needs them. */
  private static KernelCode code(Add operator, String template) {
    Broadcast operands = operator.operands();
    Loops loops = Broadcasts.loops(operands);
    return KernelCode.of(
            (operator.subtract() ? "subtract_" : "add_") + Broadcasts.stem(operands), template)
        .with("axes", loops.axes())
        .with("leftShape", operands.left())
        .with("rightShape", operands.right())
        .reading("a", "b")
        .inPlaceOf(Broadcasts.inPlace(operands));
  }

  private static KernelCode byScaling(Add operator) {
    Loops loops = Broadcasts.loops(operator.operands());
    KernelCode code =
        code(operator, "portable/add.c.vm")
            .with(
                "left",
                operand(
                    operator.fractionBits(),
                    operator.accumulatorBound(),
                    "a",
                    loops.indices().get(0),
                    operator.leftZeroPoint(),
                    operator.leftMultiplier()))
            .with(
                "right",
                operand(
                    operator.fractionBits(),
                    operator.accumulatorBound(),
                    "b",
                    loops.indices().get(1),
                    operator.rightZeroPoint(),
                    operator.rightMultiplier()))
            .with("fractionBits", operator.fractionBits())
            .with("sign", operator.subtract() ? "-" : "+");
    OutputStage output =
        new OutputStage(
            List.of(operator.outputMultiplier()),
            operator.outputZeroPoint(),
            operator.lowest(),
            operator.highest(),
            operator.storage());
    return OutputCode.single(code, output, operator.accumulatorBound())
        .costing(40L * operator.operands().output().elements(), "");
  }

  /** An operand of int8 numbers. */
  static String operand(String name, String index, int zeroPoint, Multiplier multiplier) {
    int bits = Add.INT8_FRACTION_BITS;
    return operand(bits, 255L << bits, name, index, zeroPoint, multiplier);
  }

  /** requantize((x - zero point) * 2^bits) as C; a factor of exactly a half is a smaller shift. */
  private static String operand(
      int bits, long bound, String name, String index, int zeroPoint, Multiplier multiplier) {
    String centred = "(" + name + "[" + index + "]" + OutputCode.plus(-zeroPoint) + ")";
    if (multiplier.equals(Multiplier.of(0.5))) {
      return centred + " * " + (1 << (bits - 1));
    }
    return OutputCode.requantize(List.of(multiplier), bound)
        + "("
        + centred
        + " * "
        + (1 << bits)
        + ", "
        + multiplier.multiplier()
        + ", "
        + OutputCode.shift(multiplier)
        + ")";
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.List;

/** Sum and difference, portable. An operand already at the common scale needs a shift only. */
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
    Broadcast operands = operator.operands();
    Loops loops = Broadcasts.loops(operands);
    KernelCode code =
        KernelCode.of(
                (operator.subtract() ? "subtract_" : "add_") + Broadcasts.stem(operands),
                "portable/add.c.vm")
            .with("axes", loops.axes())
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
            .with("sign", operator.subtract() ? "-" : "+")
            .with("leftShape", operands.left())
            .with("rightShape", operands.right())
            .reading("a", "b")
            .inPlaceOf(Broadcasts.inPlace(operands));
    OutputStage output =
        new OutputStage(
            List.of(operator.outputMultiplier()),
            operator.outputZeroPoint(),
            operator.lowest(),
            operator.highest(),
            operator.storage());
    return List.of(
        OutputCode.single(code, output, operator.accumulatorBound())
            .costing(40L * operands.output().elements(), ""));
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

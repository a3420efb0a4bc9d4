package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Divide;
import java.util.List;

/** Quotient of two tensors, portable: by a table of reciprocals. */
final class DivideKernel implements Kernel<Divide> {
  @Override
  public Class<Divide> operator() {
    return Divide.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Divide operator) {
    Broadcast operands = operator.operands();
    Loops loops = Broadcasts.loops(operands);
    KernelCode code =
        KernelCode.of("divide_" + Broadcasts.stem(operands), "portable/divide.c.vm")
            .with("axes", loops.axes())
            .with("leftIndex", loops.indices().get(0))
            .with("rightIndex", loops.indices().get(1))
            .with("leftCentre", OutputCode.plus(-operator.leftZeroPoint()))
            .with("leftShape", operands.left())
            .with("rightShape", operands.right())
            .with(
                ConstantArray.int32(
                    "reciprocal",
                    Int32Array.of(operator.reciprocals()),
                    "2^22 / (b - zero point) for b = -128..127"))
            .reading("a", "b")
            .inPlaceOf(Broadcasts.inPlace(operands));
    return List.of(
        OutputCode.single(code, operator.output(), operator.accumulatorBound())
            .costing(22L * operands.output().elements(), ""));
  }
}

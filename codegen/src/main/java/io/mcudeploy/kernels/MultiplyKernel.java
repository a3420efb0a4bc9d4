package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Multiply;
import java.util.List;

/** Product of two tensors, portable. */
final class MultiplyKernel implements Kernel<Multiply> {
  @Override
  public Class<Multiply> operator() {
    return Multiply.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Multiply operator) {
    Broadcast operands = operator.operands();
    Loops loops = Broadcasts.loops(operands);
    KernelCode code =
        KernelCode.of("multiply_" + Broadcasts.stem(operands), "portable/multiply.c.vm")
            .with("axes", loops.axes())
            .with("productType", operator.isWide() ? "int64_t" : "int32_t")
            .with("leftIndex", loops.indices().get(0))
            .with("rightIndex", loops.indices().get(1))
            .with("inputType", OutputCode.typeName(operator.input()))
            .with("leftCentre", OutputCode.plus(-operator.leftZeroPoint()))
            .with("rightCentre", OutputCode.plus(-operator.rightZeroPoint()))
            .with("leftShape", operands.left())
            .with("rightShape", operands.right())
            .reading("a", "b")
            .inPlaceOf(Broadcasts.inPlace(operands));
    KernelCode staged =
        operator.isWide()
            ? OutputCode.singleWide(code.with("left", "(int64_t)"), operator.output())
            : OutputCode.single(
                code.with("left", ""), operator.output(), operator.accumulatorBound());
    return List.of(staged.costing(20L * operands.output().elements(), ""));
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.ParametricRelu;
import java.util.List;

/** A leaky ReLU with a slope for each element, portable. */
final class ParametricReluKernel implements Kernel<ParametricRelu> {
  @Override
  public Class<ParametricRelu> operator() {
    return ParametricRelu.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(ParametricRelu operator) {
    Broadcast operands = operator.operands();
    Loops loops = Broadcasts.loops(operands);
    long bound = operator.accumulatorBound();
    return List.of(
        KernelCode.of("prelu_" + Broadcasts.stem(operands), "portable/prelu.c.vm")
            .with("axes", loops.axes())
            .with("index", loops.indices().get(0))
            .with("slopeIndex", loops.indices().get(1))
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with("slopeCentre", OutputCode.plus(-operator.slopeZeroPoint()))
            .with("positive", requantized("value", operator.positive(), bound))
            .with("negative", requantized("value * slope", operator.negative(), bound))
            .with("offset", OutputCode.plus(operator.outputZeroPoint()))
            .with("inputShape", operands.left())
            .with("slopeShape", operands.right())
            .reading("x", "slopes")
            .inPlaceOf(Broadcasts.inPlace(operands))
            .costing(22L * operands.output().elements(), ""));
  }

  private static String requantized(String value, Multiplier multiplier, long bound) {
    return OutputCode.requantize(List.of(multiplier), bound)
        + "("
        + value
        + ", "
        + multiplier.multiplier()
        + ", "
        + OutputCode.shift(multiplier)
        + ")";
  }
}

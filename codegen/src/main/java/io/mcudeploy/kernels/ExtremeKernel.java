package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Extreme;
import java.util.List;

/** The smaller or larger of two elements, portable. */
final class ExtremeKernel implements Kernel<Extreme> {
  @Override
  public Class<Extreme> operator() {
    return Extreme.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Extreme operator) {
    Broadcast operands = operator.operands();
    Loops loops = Broadcasts.loops(operands);
    RescaleTables tables = new RescaleTables();
    KernelCode code =
        KernelCode.of(
                (operator.largest() ? "maximum_" : "minimum_") + Broadcasts.stem(operands),
                "portable/extreme.c.vm")
            .with("axes", loops.axes())
            .with("what", operator.largest() ? "larger" : "smaller")
            .with("choose", operator.largest() ? "max32" : "min32")
            .with("left", tables.at(operator.left(), "a[" + loops.indices().get(0) + "]"))
            .with("right", tables.at(operator.right(), "b[" + loops.indices().get(1) + "]"))
            .with("leftShape", operands.left())
            .with("rightShape", operands.right())
            .reading("a", "b")
            .inPlaceOf(Broadcasts.inPlace(operands));
    return List.of(tables.addedTo(code).costing(10L * operands.output().elements(), ""));
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.StorageType;
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
    String stem = (operator.largest() ? "maximum_" : "minimum_") + Broadcasts.stem(operands);
    boolean runs =
        loops.areRuns()
            && operator.inputStorage(0) == StorageType.INT8
            && operator.left().isIdentity()
            && operator.right().isIdentity();
    KernelCode code = runs ? ofRuns(stem, operator, loops) : ofElements(stem, operator, loops);
    return List.of(
        code.with("what", operator.largest() ? "larger" : "smaller")
            .with("leftShape", operands.left())
            .with("rightShape", operands.right())
            .reading("a", "b")
            .inPlaceOf(Broadcasts.inPlace(operands)));
  }

  private static KernelCode ofRuns(String stem, Extreme operator, Loops loops) {
    return KernelCode.of(stem, "portable/extreme_runs.c.vm")
        .with("axes", loops.outer())
        .with("word", operator.largest() ? "larger8" : "smaller8")
        .with("left", loops.starts().get(0))
        .with("right", loops.starts().get(1))
        .with("run", loops.run())
        .costing(6L * operator.operands().output().elements(), "");
  }

  private static KernelCode ofElements(String stem, Extreme operator, Loops loops) {
    RescaleTables tables = new RescaleTables();
    KernelCode code =
        KernelCode.of(stem, "portable/extreme.c.vm")
            .with("axes", loops.axes())
            .with("choose", operator.largest() ? "max32" : "min32")
            .with("left", tables.at(operator.left(), "a[" + loops.indices().get(0) + "]"))
            .with("right", tables.at(operator.right(), "b[" + loops.indices().get(1) + "]"));
    return tables.addedTo(code).costing(10L * operator.operands().output().elements(), "");
  }
}

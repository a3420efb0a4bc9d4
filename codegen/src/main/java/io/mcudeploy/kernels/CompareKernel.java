package io.mcudeploy.kernels;

import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Compare;
import java.util.List;
import java.util.Locale;

/** Truth values from two tensors, portable. */
final class CompareKernel implements Kernel<Compare> {
  @Override
  public Class<Compare> operator() {
    return Compare.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Compare operator) {
    Broadcast operands = operator.operands();
    Loops loops = Broadcasts.loops(operands);
    String left = loops.indices().get(0);
    String right = loops.indices().get(1);
    KernelCode code =
        KernelCode.of(
                operator.relation().name().toLowerCase(Locale.ROOT)
                    + "_"
                    + Broadcasts.stem(operands),
                "portable/compare.c.vm")
            .with("axes", loops.axes())
            .with("symbol", operator.relation().symbol())
            .with(
                "left",
                operator
                    .scale()
                    .map(s -> AddKernel.operand("a", left, s.leftZeroPoint(), s.leftMultiplier()))
                    .orElse("a[" + left + "]"))
            .with(
                "right",
                operator
                    .scale()
                    .map(
                        s -> AddKernel.operand("b", right, s.rightZeroPoint(), s.rightMultiplier()))
                    .orElse("b[" + right + "]"))
            .with("common", operator.scale().isPresent() ? ", at a common scale" : "")
            .with("type", operator.storage().name().toLowerCase(Locale.ROOT))
            .with("leftShape", operands.left())
            .with("rightShape", operands.right())
            .reading("a", "b");
    boolean inPlace = operator.storage() == StorageType.INT8;
    return List.of(
        (inPlace ? code.inPlaceOf(Broadcasts.inPlace(operands)) : code)
            .costing((operator.scale().isPresent() ? 30L : 8L) * operands.output().elements(), ""));
  }
}

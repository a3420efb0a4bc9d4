package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Alignment;
import io.mcudeploy.quantized.operators.Select;
import java.util.List;

/** One of two elements by a condition, portable. */
final class SelectKernel implements Kernel<Select> {
  @Override
  public Class<Select> operator() {
    return Select.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Select operator) {
    Alignment operands = operator.operands();
    Loops loops = Broadcasts.loops(operands);
    RescaleTables tables = new RescaleTables();
    KernelCode code =
        KernelCode.of("select_" + Broadcasts.stem(operands), "portable/select.c.vm")
            .with("axes", loops.axes())
            .with("condition", "c[" + loops.indices().get(0) + "]")
            .with("whenTrue", tables.at(operator.whenTrue(), "a[" + loops.indices().get(1) + "]"))
            .with("whenFalse", tables.at(operator.whenFalse(), "b[" + loops.indices().get(2) + "]"))
            .with("conditionShape", operands.operand(0))
            .with("trueShape", operands.operand(1))
            .with("falseShape", operands.operand(2))
            .reading("c", "a", "b")
            .inPlaceOf(Broadcasts.inPlace(operands));
    return List.of(tables.addedTo(code).costing(12L * operands.output().elements(), ""));
  }
}

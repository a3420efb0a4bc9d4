package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Scatter;
import java.util.List;

/** Rows written into a matrix, portable. */
final class ScatterKernel implements Kernel<Scatter> {
  @Override
  public Class<Scatter> operator() {
    return Scatter.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Scatter operator) {
    RescaleTables tables = new RescaleTables();
    String update = tables.at(operator.updates(), "*updates++");
    KernelCode code =
        KernelCode.of(
                (operator.add() ? "scatter_add_" : "scatter_")
                    + operator.targets().length()
                    + "x"
                    + operator.run(),
                "portable/scatter.c.vm")
            .with("rows", operator.rows())
            .with("run", operator.run())
            .with("count", operator.targets().length())
            .with("data", tables.at(operator.data(), "x[e]"))
            .with(
                "written",
                operator.add()
                    ? "saturate8(row[i] + " + update + OutputCode.plus(-operator.zeroPoint()) + ")"
                    : update)
            .with("does", operator.add() ? "added to" : "written to")
            .reading("x", "updates")
            .inPlaceOf(0);
    long elements = (long) operator.rows() + operator.targets().length();
    return List.of(
        tables
            .addedTo(code)
            .with(ConstantArray.indices("target", operator.targets(), "the row of each update"))
            .costing(6L * elements * operator.run(), ""));
  }
}

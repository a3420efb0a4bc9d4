package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.MatMul;
import java.util.List;

/** Matrix product of two activations, portable: two rows by two columns at a time. */
final class MatMulKernel implements Kernel<MatMul> {
  @Override
  public Class<MatMul> operator() {
    return MatMul.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  private static final int ROWS = 2;
  private static final int COLUMNS = 2;

  @Override
  public List<KernelCode> variants(MatMul operator) {
    KernelCode code =
        KernelCode.of(
                "matmul_"
                    + (operator.batches() > 1 ? operator.batches() + "x" : "")
                    + operator.rows()
                    + "x"
                    + operator.inner()
                    + "x"
                    + operator.columns(),
                "portable/matmul.c.vm")
            .with("batches", operator.batches())
            .with("rows", operator.rows())
            .with("inner", operator.inner())
            .with("columns", operator.columns())
            .with("leftStep", operator.leftRepeated() ? 0 : operator.rows() * operator.inner())
            .with("rightStep", operator.rightRepeated() ? 0 : operator.inner() * operator.columns())
            .with("leftCentre", OutputCode.plus(-operator.leftZeroPoint()))
            .with("rightCentre", OutputCode.plus(-operator.rightZeroPoint()))
            .with("rowBlocks", Blocks.of(operator.rows(), ROWS))
            .with("columnBlocks", Blocks.of(operator.columns(), COLUMNS))
            .reading("a", "b");
    return List.of(
        OutputCode.single(code, operator.output(), operator.accumulatorBound())
            .costing(
                3 * operator.macs()
                    + 20L * operator.batches() * operator.rows() * operator.columns(),
                "2 rows x 2 columns"));
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * Matrix product of two activations, as TFLite's int8 BATCH_MATMUL: {@code y[b][r][c] = output(Σ
 * (left[b][r][i] − leftZeroPoint) · (right[b][i][c] − rightZeroPoint))}. A product with constant
 * weights is a {@link FullyConnected}.
 *
 * @param batches matrices in the output
 * @param leftRepeated whether the left operand is one matrix that serves all batches
 * @param rightRepeated whether the right operand is one matrix that serves all batches
 * @param rows of the left operand, [batches or 1][rows][inner]
 * @param inner length of the sums
 * @param columns of the right operand, [batches or 1][inner][columns]
 * @param output with a single multiplier
 */
public record MatMul(
    int batches,
    boolean leftRepeated,
    boolean rightRepeated,
    int rows,
    int inner,
    int columns,
    int leftZeroPoint,
    int rightZeroPoint,
    OutputStage output)
    implements IntegerOperator {

  public MatMul {
    Checks.positive("batches", batches);
    Checks.positive("rows", rows);
    Checks.positive("inner", inner);
    Checks.positive("columns", columns);
    Checks.int8("left zero point", leftZeroPoint);
    Checks.int8("right zero point", rightZeroPoint);
    Checks.count("multipliers", 1, output.multipliers().size());
  }

  @Override
  public String kind() {
    return "matmul";
  }

  @Override
  public String summary() {
    return (batches > 1 ? batches + " times " : "")
        + rows
        + "x"
        + inner
        + " by "
        + inner
        + "x"
        + columns
        + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] left =
        Images.centred(inputs.get(0), (leftRepeated ? 1 : batches) * rows * inner, leftZeroPoint);
    int[] right =
        Images.centred(
            inputs.get(1), (rightRepeated ? 1 : batches) * inner * columns, rightZeroPoint);
    byte[] y = new byte[batches * rows * columns];
    int position = 0;
    for (int batch = 0; batch < batches; batch++) {
      int leftMatrix = leftRepeated ? 0 : batch * rows * inner;
      int rightMatrix = rightRepeated ? 0 : batch * inner * columns;
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          int sum = 0;
          for (int i = 0; i < inner; i++) {
            sum += left[leftMatrix + row * inner + i] * right[rightMatrix + i * columns + column];
          }
          y[position++] = output.apply(0, sum);
        }
      }
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return (long) batches * rows * inner * columns;
  }

  @Override
  public long parameterBytes() {
    return 0;
  }

  @Override
  public long accumulatorBound() {
    long product =
        (long) Accumulators.largestDistance(leftZeroPoint)
            * Accumulators.largestDistance(rightZeroPoint);
    return Accumulators.shifted(inner * product, output.multipliers().get(0));
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/**
 * Squashes the vectors of an int8 tensor [outer, D, inner]: {@code y = saturate8(squash(x −
 * inputZeroPoint))} by a {@link SquashTable}, at {@link #OUTPUT}.
 *
 * @param outer product of the extents before the squashed axis
 * @param inner product of the extents after it; the distance between a vector's elements
 * @param table its dimension is D, its unit the input's scale
 */
public record Squash(int outer, int inner, int inputZeroPoint, SquashTable table)
    implements IntegerOperator {

  /** How capsule vectors are stored everywhere: real = integer / 128. */
  public static final Quantization OUTPUT = new Quantization(1.0 / 128, 0);

  static final int FRACTION_BITS = 7;

  public Squash {
    Checks.positive("outer extent", outer);
    Checks.positive("inner extent", inner);
    Checks.int8("input zero point", inputZeroPoint);
  }

  /** The squash of a tensor of some quantization. */
  public static Squash of(
      SquashFunction function, int outer, int dimension, int inner, Quantization input) {
    return new Squash(
        outer,
        inner,
        input.zeroPoint(),
        SquashTable.of(
            function,
            dimension,
            input.scale(),
            Accumulators.largestDistance(input.zeroPoint()),
            FRACTION_BITS));
  }

  @Override
  public String kind() {
    return "squash";
  }

  @Override
  public String summary() {
    return "%d vectors of %d elements%s"
        .formatted(outer * inner, table.dimension(), inner == 1 ? "" : ", " + inner + " apart");
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int dimension = table.dimension();
    int[] x = Images.centred(inputs.get(0), outer * dimension * inner, inputZeroPoint);
    byte[] y = new byte[x.length];
    int[] squashed = new int[dimension];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int from = o * dimension * inner + i;
        table.squash(x, from, inner, ScaleRatio.ONE, FRACTION_BITS, squashed);
        for (int d = 0; d < dimension; d++) {
          y[from + d * inner] = Capsules.saturate8(squashed[d]);
        }
      }
    }
    return List.of(y);
  }

  /** The squares and the products with the factor. */
  @Override
  public long macs() {
    return 2L * outer * inner * table.dimension();
  }

  @Override
  public long parameterBytes() {
    return table.bytes();
  }

  @Override
  public long accumulatorBound() {
    return Capsules.SQUASH_PRODUCT_BOUND;
  }
}

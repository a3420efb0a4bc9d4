package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Reduction of the middle axis of [outer][depth][inner]: {@code y = output(reduction of (x −
 * inputZeroPoint))}. A mean is a sum whose multiplier holds the division by the depth, as in
 * TFLite's MEAN.
 *
 * @param input storage of the input; the squares of int16 numbers do not fit, so L2 is for int8
 * @param output with a single multiplier
 */
public record Reduce(
    Reduction reduction,
    int outer,
    int depth,
    int inner,
    StorageType input,
    int inputZeroPoint,
    OutputStage output)
    implements IntegerOperator {

  /** What becomes of the values x − inputZeroPoint along the axis. */
  public enum Reduction {
    /** Their sum; multiplier inputScale / outputScale, for a mean also divided by the depth. */
    SUM,
    /** The largest; multiplier inputScale / outputScale. */
    MAX,
    /** The smallest; multiplier inputScale / outputScale. */
    MIN,
    /** The sum of their magnitudes; multiplier inputScale / outputScale. */
    L1,
    /** The sum of their squares; multiplier inputScale² / outputScale. */
    SUM_SQUARE,
    /**
     * round(sqrt(Σ (x − z)² · 4^rootBits)); multiplier inputScale / (outputScale · 2^rootBits), see
     * {@link Reduce#rootBits}.
     */
    L2
  }

  public Reduce {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.integer("input zero point", inputZeroPoint, input);
    Checks.count("multipliers", 1, output.multipliers().size());
    Checks.require(
        reduction != Reduction.L2
            || (input == StorageType.INT8 && rootBits(depth, inputZeroPoint) >= 0),
        "the squares of depth " + depth + " do not fit 32 bits");
  }

  /** The reduction of int8 numbers. */
  public Reduce(
      Reduction reduction,
      int outer,
      int depth,
      int inner,
      int inputZeroPoint,
      OutputStage output) {
    this(reduction, outer, depth, inner, StorageType.INT8, inputZeroPoint, output);
  }

  @Override
  public StorageType inputStorage(int position) {
    return input;
  }

  @Override
  public StorageType outputStorage(int position) {
    return output.storage();
  }

  /**
   * Fraction bits of the root of a sum of squares: the most for which the shifted sum still fits an
   * unsigned 32-bit integer; negative if none does.
   */
  public static int rootBits(int depth, int inputZeroPoint) {
    long distance = Accumulators.largestDistance(inputZeroPoint);
    long bound = depth * distance * distance;
    return Math.floorDiv(Long.numberOfLeadingZeros(bound) - 32, 2);
  }

  @Override
  public String kind() {
    return "reduce";
  }

  @Override
  public String summary() {
    return reduction
        + " of "
        + depth
        + (inner > 1 ? " at stride " + inner : "")
        + ", "
        + outer * inner
        + " times"
        + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.centred(inputs.get(0), input, outer * depth * inner, inputZeroPoint);
    byte[] y = output.storage().image(outer * inner);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        output.store(y, o * inner + i, 0, reduce(x, o * depth * inner + i));
      }
    }
    return List.of(y);
  }

  private int reduce(int[] x, int start) {
    boolean ordered = reduction == Reduction.MAX || reduction == Reduction.MIN;
    int result = ordered ? x[start] : 0;
    for (int d = 0; d < depth; d++) {
      int value = x[start + d * inner];
      switch (reduction) {
        case SUM -> result += value;
        case MAX -> result = Math.max(result, value);
        case MIN -> result = Math.min(result, value);
        case L1 -> result += Math.abs(value);
        case SUM_SQUARE, L2 -> result += value * value;
      }
    }
    if (reduction == Reduction.L2) {
      return roundedRoot(result << (2 * rootBits(depth, inputZeroPoint)));
    }
    return result;
  }

  /** The nearest integer to the square root of an unsigned 32-bit integer, 0..65536. */
  static int roundedRoot(int unsigned) {
    int remainder = unsigned;
    int root = 0;
    for (int bit = 1 << 15; bit != 0; bit >>= 1) {
      int step = (2 * root + bit) * bit;
      if (Integer.compareUnsigned(remainder, step) >= 0) {
        remainder -= step;
        root += bit;
      }
    }
    return Integer.compareUnsigned(remainder, root) > 0 ? root + 1 : root;
  }

  @Override
  public long macs() {
    boolean squares = reduction == Reduction.L2 || reduction == Reduction.SUM_SQUARE;
    return squares ? (long) outer * depth * inner : 0;
  }

  @Override
  public long parameterBytes() {
    return 0;
  }

  /** Of the signed sums; an L2's unsigned sum of squares fits by {@link #rootBits}. */
  @Override
  public long accumulatorBound() {
    long distance = Accumulators.largestDistance(input, inputZeroPoint);
    long bound =
        switch (reduction) {
          case SUM, L1 -> depth * distance;
          case MAX, MIN -> distance;
          case SUM_SQUARE -> depth * distance * distance;
          case L2 -> 1L << 16;
        };
    return Accumulators.shifted(bound, output.multipliers().get(0));
  }
}

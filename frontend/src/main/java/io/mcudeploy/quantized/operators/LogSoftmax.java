package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/**
 * The logarithm of {@link Softmax} over the middle axis of [outer][depth][inner], at any output
 * scale. With m the largest input of a row, S the sum of exponentials of Softmax (Q19, so that ln S
 * stands for ln(S / 2^19)), and F the {@link #fractionBits}:
 *
 * <pre>
 *   L    = ln S                                         F fraction bits, from logarithms
 *   y[d] = output((x[d] − m) · step − L)
 * </pre>
 *
 * Our own definition; TFLite's kernel takes other series for the same function. docs/SPEC.md bounds
 * the error.
 *
 * @param exponentials those of {@link Softmax}
 * @param step the input's scale with F fraction bits
 * @param logarithms ln(1 + i/64) with F fraction bits, for i = 0..64
 * @param output with a single multiplier, 2^−F / outputScale
 */
public record LogSoftmax(
    int outer,
    int depth,
    int inner,
    Int32Array exponentials,
    int step,
    Int32Array logarithms,
    OutputStage output)
    implements IntegerOperator {

  /** Segments of the table of logarithms; a power of two. */
  private static final int SEGMENTS = 64;

  /** Bits of a normalized sum behind the number of its segment. */
  private static final int SEGMENT_BITS = 25;

  /** Above the logarithm of any sum, which is below 2^32 / 2^19. */
  private static final double LARGEST_LOGARITHM = 13 * Math.log(2);

  public LogSoftmax {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.require(
        depth <= Softmax.LARGEST_DEPTH, "depth " + depth + " is above " + Softmax.LARGEST_DEPTH);
    Checks.count("exponentials", 256, exponentials.length());
    Checks.count("logarithms", SEGMENTS + 1, logarithms.length());
    Checks.count("multipliers", 1, output.multipliers().size());
  }

  /**
   * The logarithm of the softmax of inputs at a real scale.
   *
   * @param lowest result
   * @param highest result
   */
  public static LogSoftmax of(
      int outer, int depth, int inner, double scale, Quantization output, int lowest, int highest) {
    int bits = fractionBits(scale);
    int[] logarithms = new int[SEGMENTS + 1];
    for (int i = 0; i <= SEGMENTS; i++) {
      logarithms[i] = inFixedPoint(StrictMath.log(1 + (double) i / SEGMENTS), bits);
    }
    return new LogSoftmax(
        outer,
        depth,
        inner,
        Int32Array.of(FixedPointSoftmax.exponentials(scale)),
        inFixedPoint(scale, bits),
        Int32Array.of(logarithms),
        new OutputStage(
            List.of(Multiplier.of(Math.scalb(1 / output.scale(), -bits))),
            output.zeroPoint(),
            lowest,
            highest));
  }

  /** The most fraction bits, 25 or fewer, for which every result is below 2^29. */
  private static int fractionBits(double scale) {
    return 28 - Math.getExponent(reach(scale));
  }

  /** Above the magnitude of any result for inputs at this scale. */
  public static double reach(double scale) {
    return 255 * scale + LARGEST_LOGARITHM;
  }

  private static int inFixedPoint(double real, int bits) {
    return (int) Math.rint(Math.scalb(real, bits));
  }

  @Override
  public String kind() {
    return "log_softmax";
  }

  @Override
  public String summary() {
    return outer * inner
        + " rows of "
        + depth
        + (inner > 1 ? ", stride " + inner : "")
        + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    Checks.count("input elements", (long) outer * depth * inner, x.length);
    byte[] y = new byte[x.length];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        row(x, y, o * depth * inner + i);
      }
    }
    return List.of(y);
  }

  private void row(byte[] x, byte[] y, int start) {
    int largest = Softmax.largest(x, start, depth, inner);
    int logarithm = logarithm(Softmax.sum(exponentials, x, start, depth, inner, largest));
    for (int d = 0; d < depth; d++) {
      int index = start + d * inner;
      y[index] = output.apply(0, (x[index] - largest) * step - logarithm);
    }
  }

  /**
   * ln(sum / 2^19): of the power of two by its number, of the rest along a line between two points.
   */
  private int logarithm(int sum) {
    int zeros = Integer.numberOfLeadingZeros(sum);
    int normalized = sum << zeros;
    int segment = (normalized >>> SEGMENT_BITS) - SEGMENTS;
    int share = (normalized << (31 - SEGMENT_BITS)) & Integer.MAX_VALUE;
    int point = logarithms.get(segment);
    return (12 - zeros) * logarithms.get(SEGMENTS)
        + point
        + Multiplier.doublingHighMultiply(logarithms.get(segment + 1) - point, share);
  }

  @Override
  public long macs() {
    return 0;
  }

  /** The two tables. */
  @Override
  public long parameterBytes() {
    return 4L * (exponentials.length() + logarithms.length());
  }

  @Override
  public long accumulatorBound() {
    long bound = 255L * step + 13L * logarithms.get(SEGMENTS);
    return Accumulators.shifted(bound, output.multipliers().get(0));
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Layer, instance, group and root mean square normalization: over the middle axis of
 * [outer][depth][inner], each row by itself,
 *
 * <pre>
 *   centred    c[d] = depth · x[d] − Σ x       total = depth · (depth · Σ x² − (Σ x)²) + epsilon
 *   otherwise  c[d] = x[d] − inputZeroPoint    total = Σ c² + epsilon
 *   z[d] = requantize(c[d]) by 2^15 / √total   the row as a vector of length 1, 15 fraction bits
 *   y[d] = output(z[d] · scale[..] + bias[..])
 * </pre>
 *
 * The total is exact, in 64 bits; its root costs one 32-bit division a row.
 *
 * @param shape how rows lie in memory, and which scale belongs to which element
 * @param epsilon in units of the total, at most 2^62
 * @param scale [groups][runs][lanes], magnitudes below 2^14
 * @param bias [groups][runs][lanes], magnitudes up to 2^28
 * @param output with a single multiplier
 */
public record Normalization(
    boolean centred,
    Rows shape,
    int inputZeroPoint,
    long epsilon,
    Int32Array scale,
    Int32Array bias,
    OutputStage output)
    implements IntegerOperator {
  /** Fraction bits of a normalized element. */
  public static final int FRACTION_BITS = 15;

  /** The largest magnitude of a scale. */
  public static final int LARGEST_SCALE = (1 << 14) - 1;

  /** The largest magnitude of a bias. */
  public static final int LARGEST_BIAS = 1 << 28;

  /** The largest epsilon. */
  public static final long LARGEST_EPSILON = 1L << 62;

  /** A vector of length 1 cannot have a larger element, roundings included. */
  private static final int LARGEST_ELEMENT = (1 << FRACTION_BITS) + 2;

  /**
   * [repeats · groups][runs · run][inner] elements.
   *
   * @param repeats how often the scales repeat along the outer axis
   * @param groups rows of the outer axis with scales of their own
   * @param runs stretches of a row with scales of their own
   * @param run elements of a stretch
   * @param inner elements between neighbours of a row
   * @param lanes 1 if all inner elements have the same scale, else as many
   */
  public record Rows(int repeats, int groups, int runs, int run, int inner, int lanes) {
    public Rows {
      Checks.positive("repeats", repeats);
      Checks.positive("groups", groups);
      Checks.positive("runs", runs);
      Checks.positive("run", run);
      Checks.positive("inner", inner);
      Checks.require(lanes == 1 || lanes == inner, lanes + " lanes of " + inner);
      Checks.require((long) runs * run <= 1 << 16, "depth " + runs * run + " is above 65,536");
    }

    /** The fewest scales that give each element its own. */
    static Rows of(Reals reals) {
      List<List<Float>> lists = List.of(reals.scales, reals.biases);
      int inner = reals.inner;
      int lanes = lists.stream().allMatch(list -> isConstant(list, inner, 1)) ? 1 : inner;
      int run =
          largestDivisor(
              reals.depth,
              each -> lists.stream().allMatch(list -> isConstant(list, each * inner, inner)));
      int repeats =
          largestDivisor(
              reals.outer,
              each -> lists.stream().allMatch(list -> isPeriodic(list, list.size() / each)));
      return new Rows(repeats, reals.outer / repeats, reals.depth / run, run, inner, lanes);
    }

    /** Whether numbers at a distance of {@code step} are equal within each block. */
    private static boolean isConstant(List<Float> list, int block, int step) {
      return IntStream.range(0, list.size())
          .allMatch(i -> i % block < step || list.get(i).equals(list.get(i - step)));
    }

    private static boolean isPeriodic(List<Float> list, int period) {
      return IntStream.range(period, list.size())
          .allMatch(i -> list.get(i).equals(list.get(i - period)));
    }

    private static int largestDivisor(int number, IntPredicate fits) {
      return IntStream.iterate(number, each -> each > 1, each -> each - 1)
          .filter(each -> number % each == 0)
          .filter(fits)
          .findFirst()
          .orElse(1);
    }

    /** One integer for each scale, from a number for each element. */
    private Int32Array quantized(List<Float> numbers, double step) {
      int[] integers = new int[parameters()];
      for (int i = 0; i < integers.length; i++) {
        int element = (i / lanes * run) * inner + i % lanes;
        integers[i] = (int) Math.rint(numbers.get(element) / step);
      }
      return Int32Array.of(integers);
    }

    public int outer() {
      return repeats * groups;
    }

    /** Elements of a row. */
    public int depth() {
      return runs * run;
    }

    /** Scales in all. */
    public int parameters() {
      return groups * runs * lanes;
    }

    int parameter(int n, int d, int i) {
      return (n % groups * runs + d / run) * lanes + i % lanes;
    }
  }

  public Normalization {
    Checks.int8("input zero point", inputZeroPoint);
    Checks.require(epsilon >= 0 && epsilon <= LARGEST_EPSILON, "epsilon " + epsilon);
    Checks.count("scales", shape.parameters(), scale.length());
    Checks.count("biases", shape.parameters(), bias.length());
    Checks.count("multipliers", 1, output.multipliers().size());
    for (int i = 0; i < scale.length(); i++) {
      Checks.require(Math.abs(scale.get(i)) <= LARGEST_SCALE, "scale " + scale.get(i));
      Checks.require(Math.abs(bias.get(i)) <= LARGEST_BIAS, "bias " + bias.get(i));
    }
  }

  /**
   * The real parameters of a normalization of [outer][depth][inner] elements.
   *
   * @param epsilon added to a row's sum of squares
   * @param length of a normalized row
   * @param scales [outer][depth][inner]
   * @param biases [outer][depth][inner]
   */
  public record Reals(
      int outer,
      int depth,
      int inner,
      double epsilon,
      double length,
      List<Float> scales,
      List<Float> biases) {}

  /**
   * Quantizes.
   *
   * @param lowest clamp of the output
   * @param highest clamp of the output
   */
  public static Normalization of(
      boolean centred,
      Reals reals,
      Quantization input,
      Quantization output,
      int lowest,
      int highest) {
    Rows rows = Rows.of(reals);
    double unit = Math.scalb(reals.length, -FRACTION_BITS);
    double needed =
        Math.max(
            magnitude(reals.scales) / LARGEST_SCALE,
            magnitude(reals.biases) / (unit * LARGEST_BIAS));
    double step = needed > 0 ? needed : 1;
    double squareUnits = (centred ? (double) reals.depth * reals.depth : 1) / input.scale();
    return new Normalization(
        centred,
        rows,
        input.zeroPoint(),
        (long) Math.min(LARGEST_EPSILON, Math.rint(reals.epsilon * squareUnits / input.scale())),
        rows.quantized(reals.scales, step),
        rows.quantized(reals.biases, step * unit),
        new OutputStage(
            List.of(Multiplier.of(step * unit / output.scale())),
            output.zeroPoint(),
            lowest,
            highest));
  }

  private static double magnitude(List<Float> numbers) {
    return numbers.stream().mapToDouble(Math::abs).max().orElse(0);
  }

  @Override
  public String kind() {
    return "normalization";
  }

  @Override
  public String summary() {
    return shape.outer() * shape.inner()
        + " rows of "
        + shape.depth()
        + (shape.inner > 1 ? " at stride " + shape.inner : "")
        + (centred ? "" : ", not centred")
        + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    int depth = shape.depth();
    Checks.count("input elements", (long) shape.outer() * depth * shape.inner, x.length);
    byte[] y = new byte[x.length];
    for (int n = 0; n < shape.outer(); n++) {
      for (int i = 0; i < shape.inner; i++) {
        row(x, y, n, i);
      }
    }
    return List.of(y);
  }

  private void row(byte[] x, byte[] y, int n, int i) {
    int depth = shape.depth();
    int start = n * depth * shape.inner + i;
    int zero = centred ? 0 : inputZeroPoint;
    int sum = 0;
    long squares = 0;
    for (int d = 0; d < depth; d++) {
      int value = x[start + d * shape.inner] - zero;
      sum += value;
      squares += (long) value * value;
    }
    long total = centred ? depth * (depth * squares - (long) sum * sum) : squares;
    Multiplier factor = reciprocalRoot(total + epsilon);
    for (int d = 0; d < depth; d++) {
      int at = start + d * shape.inner;
      int z = factor.apply(centred ? depth * x[at] - sum : x[at] - zero);
      int parameter = shape.parameter(n, d, i);
      y[at] = output.apply(0, z * scale.get(parameter) + bias.get(parameter));
    }
  }

  /**
   * 2^15 / √total, within 3 · 2^-16 of the exact factor; the root of 0 counts as 1.
   *
   * @param total below 2^63
   */
  static Multiplier reciprocalRoot(long total) {
    long square = Math.max(1, total);
    int shift = (33 - Long.numberOfLeadingZeros(square)) >> 1;
    int mantissa = (int) (shift < 0 ? square << (-2 * shift) : square >> (2 * shift));
    int root = Math.min(65535, Reduce.roundedRoot(mantissa));
    return new Multiplier(Integer.divideUnsigned(-1, root) << 14, shift);
  }

  @Override
  public long macs() {
    return 2L * shape.outer() * shape.depth() * shape.inner;
  }

  /** Scales as 16-bit integers. */
  @Override
  public long parameterBytes() {
    return 6L * shape.parameters();
  }

  @Override
  public long accumulatorBound() {
    long largest = 0;
    for (int i = 0; i < scale.length(); i++) {
      long reach = (long) Math.abs(scale.get(i)) * LARGEST_ELEMENT + Math.abs(bias.get(i));
      largest = Math.max(largest, reach);
    }
    return Accumulators.shifted(largest, output.multipliers().get(0));
  }
}

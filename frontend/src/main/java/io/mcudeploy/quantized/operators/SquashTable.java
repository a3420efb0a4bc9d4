package io.mcudeploy.quantized.operators;

import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.quantized.Int32Array;
import java.util.Arrays;

/**
 * A squash function in integers, without a square root or a division: the factor by which a vector
 * is multiplied, on a logarithmic grid of the vector's squared norm. Any squash function costs the
 * same, since only the numbers differ. docs/SPEC.md, "Capsules", derives the bounds.
 *
 * <p>A vector x of {@code dimension} int32 elements is first brought to {@link #mantissaBits} bits
 * and to the table's unit: {@code a = ((x >> p) · m + 2^14) >> 15}, so that {@code S = Σ a²} fits
 * 32 bits unsigned. S · 4^(p − shift) lies in octave {@code e = floor(log2 S) + 2 (p − shift)},
 * where the factor is interpolated linearly between {@value #SEGMENTS} segments; then {@code y = (a
 * · factor + half) >> s}.
 *
 * @param dimension elements of a vector
 * @param lowestOctave e of the first octave; shorter vectors become zero
 * @param factors {@value #SEGMENTS} + 1 an octave, at the ends of its segments, 0..32767
 * @param shifts one an octave, so that {@code a · factor >> (shift − p + ratio.shift)} has 7
 *     fraction bits
 */
public record SquashTable(int dimension, int lowestOctave, Int32Array factors, Int32Array shifts) {

  /** Pieces of an octave, a power of two. */
  public static final int SEGMENTS = 16;

  private static final int POINTS = SEGMENTS + 1;
  private static final int HIGHEST_FACTOR = 32767;

  /** The largest right shift at the end, so that half of its divisor can be added in int32. */
  private static final int HIGHEST_SHIFT = 30;

  public SquashTable {
    Checks.require(dimension >= 1 && dimension <= 65535, "capsules of " + dimension);
    Checks.positive("octaves", shifts.length());
    Checks.count("factors", (long) POINTS * shifts.length(), factors.length());
    for (int i = 0; i < factors.length(); i++) {
      int factor = factors.get(i);
      Checks.require(factor >= 0 && factor <= HIGHEST_FACTOR, "factor " + factor);
    }
    for (int octave = 0; octave < shifts.length(); octave++) {
      int e = lowestOctave + octave;
      Checks.require(
          shifts.get(octave) >= 7 + Math.floorDiv(e, 2) && shifts.get(octave) <= highestShift(e),
          "shift " + shifts.get(octave) + " of octave " + e);
    }
  }

  /**
   * The table of a squash function.
   *
   * @param unit the real value of 1 in the table's unit
   * @param bound the largest absolute value of an element, below 2^31
   * @param fractionBits of the most precise result asked for: vectors so short that they become 0
   *     need no entries
   */
  public static SquashTable of(
      SquashFunction function, int dimension, double unit, long bound, int fractionBits) {
    Checks.require(unit > 0 && unit < Double.POSITIVE_INFINITY, "unit " + unit);
    int highest = highestOctave(dimension, bound);
    int lowest = highest;
    while (lowest > -40 && length(function, unit, lowest - 1) >= Math.scalb(0.5, -fractionBits)) {
      lowest--;
    }
    int octaves = highest - lowest + 1;
    int[] factors = new int[octaves * POINTS];
    int[] shifts = new int[octaves];
    for (int octave = 0; octave < octaves; octave++) {
      double[] reals = new double[POINTS];
      double largest = 0;
      for (int point = 0; point < POINTS; point++) {
        double squares = Math.scalb(1 + (double) point / SEGMENTS, lowest + octave);
        reals[point] = 128 * unit * function.factor(squares * unit * unit);
        largest = Math.max(largest, reals[point]);
      }
      int shift = highestShift(lowest + octave);
      while (Math.rint(Math.scalb(largest, shift)) > HIGHEST_FACTOR) {
        shift--;
      }
      shifts[octave] = shift;
      for (int point = 0; point < POINTS; point++) {
        factors[octave * POINTS + point] = (int) Math.rint(Math.scalb(reals[point], shift));
      }
    }
    return new SquashTable(dimension, lowest, Int32Array.of(factors), Int32Array.of(shifts));
  }

  /** The most bits B of an element, without its sign, with {@code dimension · 4^B < 2^32}. */
  public int mantissaBits() {
    return mantissaBits(dimension);
  }

  /** The number of octaves. */
  public int octaves() {
    return shifts.length();
  }

  /** Bytes in flash: int16 factors, int8 shifts. */
  public long bytes() {
    return 2L * factors.length() + shifts.length();
  }

  /**
   * Squashes one vector.
   *
   * @param x holds the vector
   * @param from its first element
   * @param stride between its elements
   * @param ratio of the elements' scale to the table's unit
   * @param fractionBits of the result, 7..13
   * @param y receives the {@code dimension} elements, not saturated: their absolute values are at
   *     most 1.01 · 2^fractionBits
   */
  void squash(int[] x, int from, int stride, ScaleRatio ratio, int fractionBits, int[] y) {
    int magnitudes = 0;
    for (int d = 0; d < dimension; d++) {
      int element = x[from + d * stride];
      magnitudes |= element ^ (element >> 31);
    }
    int bits = 32 - Integer.numberOfLeadingZeros(magnitudes);
    int p = Math.max(0, bits - mantissaBits());
    int squares = 0;
    for (int d = 0; d < dimension; d++) {
      int element = ((x[from + d * stride] >> p) * ratio.multiplier() + (1 << 14)) >> 15;
      squares += element * element;
      y[d] = element;
    }
    int zeros = Integer.numberOfLeadingZeros(squares);
    int octave = 31 - zeros + 2 * (p - ratio.shift()) - lowestOctave;
    if (squares == 0 || octave < 0) {
      Arrays.fill(y, 0, dimension, 0);
      return;
    }
    int mantissa = squares << zeros;
    int point = octave * POINTS + (mantissa >>> 27) - SEGMENTS;
    int start = factors.get(point);
    int fraction = (mantissa >>> 19) & 255;
    int factor = start + (((factors.get(point + 1) - start) * fraction) >> 8);
    int shift = shifts.get(octave) - p + ratio.shift() - (fractionBits - 7);
    for (int d = 0; d < dimension; d++) {
      y[d] = (y[d] * factor + (1 << (shift - 1))) >> shift;
    }
  }

  private static int mantissaBits(int dimension) {
    int bits = 15;
    while ((long) dimension << (2 * bits) >= 1L << 32) {
      bits--;
    }
    return bits;
  }

  private static int highestOctave(int dimension, long bound) {
    Checks.require(bound >= 0 && bound < 1L << 31, "elements up to " + bound);
    int bits = 64 - Long.numberOfLeadingZeros(bound);
    int p = Math.max(0, bits - mantissaBits(dimension));
    long largest = Math.min(1L << mantissaBits(dimension), (bound >> p) + 1);
    return 63 - Long.numberOfLeadingZeros(dimension * largest * largest) + 2 * p;
  }

  /** p − ratio.shift is at least (e − 31) / 2, so this keeps the last shift within bounds. */
  private static int highestShift(int octave) {
    return HIGHEST_SHIFT + Math.floorDiv(octave - 30, 2);
  }

  /** The length after the squash at the upper end of an octave. */
  private static double length(SquashFunction function, double unit, int octave) {
    double squares = Math.scalb(unit * unit, octave + 1);
    return StrictMath.sqrt(squares) * function.factor(squares);
  }
}

package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.Staircase;
import io.mcudeploy.quantized.Multiplier;
import java.util.Optional;

/**
 * A requantization with both of its roundings as one line,
 *
 * <pre>
 *   clamp(((acc + ahead) · multiplier / 2^32 + addend) >> shift)
 * </pre>
 *
 * rounded down: SMMLA, then SSAT with a shift. It steps from one output to the next at the same
 * accumulators as docs/SPEC.md's requantize, every one of them, or there is none. Its three numbers
 * follow from the at most 255 steps, which leave a slack of about a 256th of an accumulator's unit;
 * {@code ahead} and {@code addend} together move the line in small enough steps to meet it.
 *
 * <p>Where outputs on both sides of the zero point are kept there is none, since ties that go away
 * from zero break the line; a ReLU keeps one side.
 *
 * @param ahead to be added to the bias
 */
public record Line(int ahead, int multiplier, int addend) {
  /** How many addends are tried with a multiplier. */
  private static final int MOST_ADDENDS = 1 << 17;

  /** How many multipliers are tried on either side of the nearest one, and how far apart. */
  private static final int REACH = 3;

  private static final long STRIDE = 8;

  /**
   * The line of one channel.
   *
   * @param factor with a multiplier of at least 2^30
   * @param bound of the accumulators
   * @param shift of the layer's lines, below all channels' shifts and at most 22
   */
  static Optional<Line> of(
      Multiplier factor, int zeroPoint, int lowest, int highest, long bound, int shift) {
    int[] steps = Staircase.of(factor, zeroPoint, lowest, highest, bound).toArray();
    int cut = factor.shift() - shift - 1;
    long nearest = (factor.multiplier() + (1L << cut >> 1)) >> cut;
    for (int i = 0; i <= 2 * REACH; i++) {
      long multiplier = nearest + STRIDE * (i % 2 == 0 ? -i / 2 : i / 2 + 1);
      Optional<Line> line = through(steps, lowest + 1, multiplier, bound, shift);
      if (line.isPresent()) {
        return line;
      }
    }
    return Optional.empty();
  }

  /** The line that passes all steps, if this multiplier allows one. */
  private static Optional<Line> through(
      int[] steps, int first, long multiplier, long bound, int shift) {
    long least = Long.MIN_VALUE;
    long end = Long.MAX_VALUE;
    for (int i = 0; i < steps.length; i++) {
      long target = (long) (first + i) << (shift + 32);
      if (steps[i] <= bound) {
        least = Math.max(least, target - steps[i] * multiplier);
      }
      if (steps[i] > -bound) {
        end = Math.min(end, target - (steps[i] - 1) * multiplier);
      }
    }
    if (multiplier >= 1L << 31 || least == Long.MIN_VALUE || end == Long.MAX_VALUE) {
      return Optional.empty();
    }
    for (int i = 0; i < MOST_ADDENDS && least < end; i++) {
      long addend = (least >> 32) + i;
      long ahead = -Math.floorDiv((addend << 32) - least, multiplier);
      if ((addend << 32) + ahead * multiplier < end
          && bound + Math.abs(ahead) <= Integer.MAX_VALUE) {
        return Optional.of(new Line((int) ahead, (int) multiplier, Math.toIntExact(addend)));
      }
    }
    return Optional.empty();
  }
}

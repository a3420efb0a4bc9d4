package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Add;
import java.util.Optional;
import java.util.function.IntBinaryOperator;

/**
 * A function of two int8 as one plane, {@code clamp((left · a + right · b + offset) >> shift)}: two
 * multiplications in place of three requantizations. Found by trying slopes near the real ones and
 * accepted only if all 65,536 pairs of numbers agree, so it is no approximation.
 */
public record Plane(int left, int right, int offset, int shift) {
  private static final int NUMBERS = 256;

  /** The finest and the coarsest grid of slopes that are tried. */
  private static final int MOST_SHIFT = 24;

  private static final int LEAST_SHIFT = 8;

  /** How many steps beside the real slopes are tried. */
  private static final int REACH = 2;

  /**
   * The bounds between which the sums must lie for each pair of int8, clamps taken into account.
   */
  private record Bounds(long lowest, long highest) {
    boolean isEmpty() {
      return lowest > highest;
    }

    int middle() {
      return Math.toIntExact((lowest + highest) >> 1);
    }
  }

  /**
   * The plane of a sum or difference.
   *
   * @return nothing if no plane is exact
   */
  public static Optional<Plane> of(Add operator) {
    double unit = Math.scalb(operator.outputMultiplier().factor(), operator.fractionBits());
    double right = operator.rightMultiplier().factor() * unit;
    return of(
        (a, b) -> sum(operator, a, b),
        operator.leftMultiplier().factor() * unit,
        operator.subtract() ? -right : right,
        operator.lowest(),
        operator.highest());
  }

  /** The golden model's result for two numbers. */
  private static int sum(Add operator, int a, int b) {
    int bits = operator.fractionBits();
    int left = operator.leftMultiplier().apply((a - operator.leftZeroPoint()) << bits);
    int right = operator.rightMultiplier().apply((b - operator.rightZeroPoint()) << bits);
    int sum = operator.outputMultiplier().apply(operator.subtract() ? left - right : left + right);
    return Math.max(
        operator.lowest(), Math.min(operator.highest(), operator.outputZeroPoint() + sum));
  }

  /**
   * The plane of a function.
   *
   * @param function of two int8, its results in lowest..highest
   * @param leftSlope about what a step of the left number changes
   * @return nothing if no plane is exact; slopes a little steeper meet ties that go away from zero
   */
  static Optional<Plane> of(
      IntBinaryOperator function, double leftSlope, double rightSlope, int lowest, int highest) {
    int[] results = new int[NUMBERS * NUMBERS];
    for (int i = 0; i < results.length; i++) {
      results[i] = function.applyAsInt(i / NUMBERS - 128, i % NUMBERS - 128);
    }
    for (int shift = MOST_SHIFT; shift >= LEAST_SHIFT; shift--) {
      double largest = (Math.abs(leftSlope) + Math.abs(rightSlope)) * 128 + 256;
      if (Math.scalb(largest, shift) > Integer.MAX_VALUE) {
        continue;
      }
      for (int step = 0; step < (2 * REACH + 1) * (2 * REACH + 1); step++) {
        long left = Math.round(Math.scalb(leftSlope, shift)) + around(step / (2 * REACH + 1));
        long right = Math.round(Math.scalb(rightSlope, shift)) + around(step % (2 * REACH + 1));
        Bounds bounds = bounds(results, (int) left, (int) right, shift, lowest, highest);
        if (!bounds.isEmpty()) {
          return Optional.of(new Plane((int) left, (int) right, bounds.middle(), shift));
        }
      }
    }
    return Optional.empty();
  }

  /** 0, 1, -1, 2, -2 for 0..4. */
  private static int around(int step) {
    return step % 2 == 0 ? -step / 2 : step / 2 + 1;
  }

  /** The offsets that give every pair of numbers its result. */
  private static Bounds bounds(
      int[] results, int left, int right, int shift, int lowest, int highest) {
    long least = Integer.MIN_VALUE + 128L * (Math.abs(left) + Math.abs(right));
    long most = -least - 1;
    for (int i = 0; i < results.length && least <= most; i++) {
      long sum = (long) left * (i / NUMBERS - 128) + (long) right * (i % NUMBERS - 128);
      if (results[i] > lowest) {
        least = Math.max(least, ((long) results[i] << shift) - sum);
      }
      if (results[i] < highest) {
        most = Math.min(most, ((results[i] + 1L) << shift) - 1 - sum);
      }
    }
    return new Bounds(least, most);
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Multiplier;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A channel's requantization as the accumulators at which its output steps: all there is to know of
 * it, since a larger accumulator never gives less.
 *
 * @param steps for each output but the lowest, in order, the least accumulator in -bound..bound
 *     that gives it or more; bound + 1 where none does
 */
public record Staircase(List<Integer> steps) {
  public Staircase {
    steps = List.copyOf(steps);
  }

  /**
   * The steps between the outputs {@code lowest} and {@code highest}.
   *
   * @param factor not 0
   * @param bound of the accumulators
   */
  public static Staircase of(
      Multiplier factor, int zeroPoint, int lowest, int highest, long bound) {
    return new Staircase(
        IntStream.rangeClosed(lowest + 1, highest)
            .mapToObj(output -> step(factor, output - zeroPoint, bound))
            .toList());
  }

  private static int step(Multiplier factor, int number, long bound) {
    long step = Math.round((number - 0.5) / factor.factor());
    step = Math.max(-bound, Math.min(bound + 1, step));
    while (step > -bound && factor.apply((int) step - 1) >= number) {
      step--;
    }
    while (step <= bound && factor.apply((int) step) < number) {
      step++;
    }
    return (int) step;
  }

  /** The steps as an array. */
  public int[] toArray() {
    return steps.stream().mapToInt(Integer::intValue).toArray();
  }
}

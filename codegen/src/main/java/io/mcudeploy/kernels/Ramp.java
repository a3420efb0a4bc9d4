package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A requantization for cores that multiply 32 bits by 32 bits to 32 bits only. Between the first
 * and the last step of its {@link Staircase}, which {@code start} and {@code reach} bound, so few
 * bits of an accumulator are left that two such products are exact:
 *
 * <pre>
 *   u = acc − start
 *   t = u · high + ((u · low) >> cut) + addend            all of 32 bits
 *   output = (t + centre − (t &lt; 0 ? tie : 0)) >> SHIFT     for 0 ≤ u ≤ reach
 * </pre>
 *
 * rounded down; the centre is a constant of the layer. Together {@code high · 2^cut + low} is the
 * factor with more bits than 255 steps can tell apart, so the addend, which moves the line in steps
 * of about 2^-14 accumulators, makes it step where docs/SPEC.md's requantize does, or there is no
 * ramp. Ties away from zero are one unit of the first rounding, which negative numbers step later.
 *
 * @param start to be taken from the bias
 * @param reach the largest u of the slope; what is beyond has the highest output
 * @param tie 0 where no negative number is kept
 */
record Ramp(int start, int reach, int high, int low, int addend, int tie) {
  /** Bits behind an output's unit. */
  static final int SHIFT = 22;

  /** How many factors are tried, the nearest first. */
  private static final int TRIES = 8;

  /** Larger ones would leave their 32 and more bits. */
  private static final double MOST_FACTOR = 0x1p42;

  /** What is added to the slope of every channel of a stage, see above. */
  static int centre(OutputStage stage) {
    return (1 << (SHIFT - 1)) + (stage.zeroPoint() << SHIFT);
  }

  /**
   * The ramps of all channels of a stage, unless one has none.
   *
   * @param bound of the accumulators, below 2^30
   * @param cut of the layer's ramps
   */
  static Optional<List<Ramp>> of(OutputStage stage, long bound, int cut) {
    List<Ramp> ramps = new ArrayList<>();
    for (Multiplier factor : stage.multipliers()) {
      Optional<Ramp> ramp = of(factor, stage, bound, cut);
      if (ramp.isEmpty()) {
        return Optional.empty();
      }
      ramps.add(ramp.get());
    }
    return Optional.of(ramps);
  }

  private static Optional<Ramp> of(Multiplier factor, OutputStage stage, long bound, int cut) {
    if (factor.multiplier() == 0) {
      // Every accumulator is on this slope, as u is unsigned.
      int output = stage.clamp(stage.zeroPoint());
      return Optional.of(new Ramp(0, -1, 0, 0, (output - stage.zeroPoint()) << SHIFT, 0));
    }
    if (stage.lowest() == stage.highest() || factor.shift() > SHIFT) {
      return Optional.empty();
    }
    Slope slope = Slope.of(factor, stage, bound);
    double exact = Math.scalb(factor.factor(), SHIFT + cut);
    if (Integer.numberOfLeadingZeros(slope.reach) < cut || exact >= MOST_FACTOR) {
      return Optional.empty();
    }
    for (int i = 0; i < TRIES; i++) {
      Optional<Ramp> ramp = slope.by(Math.round(exact) + (i % 2 == 0 ? -i / 2 : i / 2 + 1), cut);
      if (ramp.isPresent()) {
        return ramp;
      }
    }
    return Optional.empty();
  }

  /** What a ramp has to meet. */
  private record Slope(Staircase stairs, OutputStage stage, int start, int reach, int tie) {
    static Slope of(Multiplier factor, OutputStage stage, long bound) {
      Staircase stairs =
          Staircase.of(factor, stage.zeroPoint(), stage.lowest(), stage.highest(), bound);
      int start = stairs.steps().get(0);
      long last = Math.min(bound, stairs.steps().get(stairs.steps().size() - 1) - 1L);
      boolean tied = stage.lowest() < stage.zeroPoint() && factor.shift() > 0;
      return new Slope(
          stairs,
          stage,
          start,
          (int) Math.max(0, last - start),
          tied ? 1 << (SHIFT - factor.shift()) : 0);
    }

    /** The ramp with this factor, times 2^(SHIFT + cut), if an addend meets all steps. */
    Optional<Ramp> by(long factor, int cut) {
      long least = Long.MIN_VALUE;
      long end = Long.MAX_VALUE;
      for (int i = 0; i <= stairs.steps().size(); i++) {
        int output = stage.lowest() + 1 + i;
        long step = i < stairs.steps().size() ? stairs.steps().get(i) - (long) start : reach + 1L;
        long target =
            ((output - (long) stage.zeroPoint()) << SHIFT)
                - (1L << (SHIFT - 1))
                + (output <= stage.zeroPoint() ? tie : 0);
        if (step <= reach) {
          least = Math.max(least, (target << cut) - step * factor);
        }
        if (step > 0) {
          end = Math.min(end, (target << cut) - Math.min(step - 1, reach) * factor);
        }
      }
      long addend = -Math.floorDiv(-least, 1L << cut);
      if (least == Long.MIN_VALUE || addend << cut >= end || !fits(factor, addend, cut)) {
        return Optional.empty();
      }
      return Optional.of(
          new Ramp(
              start,
              reach,
              (int) (factor >> cut),
              (int) (factor & ((1L << cut) - 1)),
              (int) addend,
              tie));
    }

    /** Whether every t keeps to 32 bits, and its sign tells that of the accumulator near a step. */
    private boolean fits(long factor, long addend, int cut) {
      long top = ((reach * factor) >> cut) + addend;
      long room = Integer.MAX_VALUE - ((Math.abs(stage.zeroPoint()) + 1L) << SHIFT);
      return Math.abs(addend) < room && Math.abs(top) < room && tie <= 1 << (SHIFT - 2);
    }
  }
}

package io.mcudeploy.quantized.operators;

import static io.mcudeploy.quantized.Multiplier.doublingHighMultiply;
import static io.mcudeploy.quantized.Multiplier.roundingShiftRight;

import io.mcudeploy.quantized.Multiplier;

/**
 * The transcendental functions of TFLite's integer softmax, in the fixed point of gemmlowp.
 * Q<i>n</i> is an int32 with <i>n</i> fraction bits.
 */
final class FixedPointSoftmax {
  /** Fraction bits of the differences that are exponentiated: five integer bits and a sign. */
  private static final int DIFFERENCE_BITS = 26;

  /** From here on TFLite takes exp(−scale) for 0. */
  private static final double COARSEST_SCALE = 16;

  private static final int QUARTER = 1 << (DIFFERENCE_BITS - 2);

  /** exp(−1/8) in Q31. */
  private static final int EXP_OF_MINUS_EIGHTH = 1895147668;

  /** 1/3 in Q31. */
  private static final int THIRD = 715827883;

  /** exp(−1/4), exp(−1/2), exp(−1), … exp(−16) in Q31: one for each bit above the quarter. */
  private static final int[] EXP_OF_MINUS_POWERS = {
    1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242
  };

  private static final int ONE_Q29 = 1 << 29;

  /** 48/17 and −32/17 in Q29: the line nearest to 1/d for d in 1/2..1. */
  private static final int RECIPROCAL_OFFSET = 1515870810;

  private static final int RECIPROCAL_SLOPE = -1010580540;

  private FixedPointSoftmax() {}

  /**
   * exp(−scale · i) in Q31 for the distances i = 0..255; 0 where scale · i exceeds about 31, and
   * 2^31 − 1 for a distance of 0.
   */
  static int[] exponentials(double scale) {
    int[] exponentials = new int[256];
    exponentials[0] = Integer.MAX_VALUE;
    if (scale < COARSEST_SCALE) {
      Multiplier multiplier = Multiplier.of(Math.scalb(scale, DIFFERENCE_BITS));
      double farthest = Math.floor(Math.scalb(31.0, DIFFERENCE_BITS + multiplier.shift()));
      for (int i = 1; i < exponentials.length && i <= farthest; i++) {
        exponentials[i] = exponential(multiplier.apply(-i));
      }
    }
    return exponentials;
  }

  /** exp(x) in Q31 of x in Q26, −32 &lt; x ≤ 0. */
  private static int exponential(int x) {
    if (x == 0) {
      return Integer.MAX_VALUE;
    }
    int withinQuarter = (x & (QUARTER - 1)) - QUARTER;
    int result = exponentialWithinQuarter(withinQuarter << (31 - DIFFERENCE_BITS));
    int quarters = withinQuarter - x;
    for (int bit = 0; bit < EXP_OF_MINUS_POWERS.length; bit++) {
      if ((quarters & (QUARTER << bit)) != 0) {
        result = doublingHighMultiply(result, EXP_OF_MINUS_POWERS[bit]);
      }
    }
    return result;
  }

  /** exp(x) in Q31 of x in Q31, −1/4 ≤ x &lt; 0: four terms of the Taylor series about −1/8. */
  private static int exponentialWithinQuarter(int x) {
    int t = x + (1 << 28);
    int t2 = doublingHighMultiply(t, t);
    int t3 = doublingHighMultiply(t2, t);
    int t4 = doublingHighMultiply(t2, t2);
    int cubicAndAbove = doublingHighMultiply(roundingShiftRight(t4, 2) + t3, THIRD);
    int quadraticAndAbove = roundingShiftRight(cubicAndAbove + t2, 1);
    return EXP_OF_MINUS_EIGHTH + doublingHighMultiply(EXP_OF_MINUS_EIGHTH, t + quadraticAndAbove);
  }

  /** 1 / (1 + x) in Q31 of x in Q31, 0 ≤ x &lt; 1: a line, then three steps of Newton's method. */
  static int reciprocalOfOnePlus(int x) {
    int half = (1 << 30) + (x >> 1);
    int r = RECIPROCAL_OFFSET + doublingHighMultiply(half, RECIPROCAL_SLOPE);
    for (int i = 0; i < 3; i++) {
      int error = ONE_Q29 - doublingHighMultiply(half, r);
      r += 4 * doublingHighMultiply(r, error);
    }
    return r >= 1 << 30 ? Integer.MAX_VALUE : 2 * r;
  }
}

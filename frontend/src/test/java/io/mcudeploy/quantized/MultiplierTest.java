package io.mcudeploy.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiplierTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1073741824, -1",
    "0.5, 1073741824, 0",
    "0.25, 1073741824, 1",
    "0.75, 1610612736, 0",
    "3, 1610612736, -2",
    // 0.1 · 2^3 = 0.8; 0.8 · 2^31 = 1717986918.4
    "0.1, 1717986918, 3",
    // 1/3 · 2 = 0.666…; · 2^31 = 1431655765.33
    "0.3333333333333333, 1431655765, 1",
    // Rounds up to 2^31, which is 2^30 at the next exponent.
    "0.9999999999999, 1073741824, -1",
    // The smallest factor TFLite keeps: 2^-32.
    "2.3283064365386963E-10, 1073741824, 31",
    "2.328306E-10, 0, 0",
    "0, 0, 0",
  })
  void factorsBecomeTheIntegersOfTflite(double factor, int multiplier, int shift) {
    assertThat(Multiplier.of(factor)).isEqualTo(new Multiplier(multiplier, shift));
  }

  @Test
  void factorsThatAreNotNumbersOrTooLargeAreRefused() {
    assertThatThrownBy(() -> Multiplier.of(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Multiplier.of(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Multiplier.of(0x1p30)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    // The nearest, ties towards plus infinity in the high multiply: ±1.5 by 0.5 · 1.
    "0.5, 3, 2",
    "0.5, -3, -1",
    "0.5, 1, 1",
    "0.5, -1, 0",
    // Ties away from zero in the shift: 6 / 4, −6 / 4 after an exact high multiply of 2^30.
    "0.125, 12, 2",
    "0.125, -12, -2",
    // Rounded twice: 12 · 0.8 = 9.6 -> 10, 10 / 4 = 2.5 -> 3, though 12 · 0.2 = 2.4.
    "0.2, 12, 3",
    "1, 2147483, 2147483",
    "1, -2147483, -2147483",
    "3, -7, -21",
    "0, 123456, 0",
    "1E-9, 2147483647, 2",
  })
  void requantizingRoundsAsTflite(double factor, int accumulator, int expected) {
    assertThat(Multiplier.of(factor).apply(accumulator)).isEqualTo(expected);
  }

  @Test
  void onlyTheLowestIntegerSquaredSaturates() {
    assertThat(Multiplier.doublingHighMultiply(Integer.MIN_VALUE, Integer.MIN_VALUE))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(Multiplier.doublingHighMultiply(Integer.MIN_VALUE, Integer.MAX_VALUE))
        .isEqualTo(-Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 1, 3",
    "-5, 1, -3",
    "4, 3, 1",
    "-4, 3, -1",
    "3, 3, 0",
    "-3, 3, 0",
    "7, 0, 7",
    "2147483647, 31, 1",
    "-2147483648, 31, -1",
    "1073741823, 31, 0"
  })
  void shiftsRoundTiesAwayFromZero(int value, int shift, int expected) {
    assertThat(Multiplier.roundingShiftRight(value, shift)).isEqualTo(expected);
  }

  @Test
  void wideSumsAreRoundedOnceAsTheExactProduct() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      long bound = 1L << (20 + random.nextInt(26));
      Multiplier factor = Multiplier.of(random.nextDouble() * 300 / bound).forSumsUpTo(bound);
      long sum = random.nextLong(-bound, bound);

      BigInteger half = BigInteger.ONE.shiftLeft(30 + factor.shift());
      BigInteger exact =
          BigInteger.valueOf(sum)
              .multiply(BigInteger.valueOf(factor.multiplier()))
              .add(half)
              .shiftRight(31 + factor.shift());

      assertThat(factor.applyWide(sum)).isEqualTo(exact.intValueExact());
    }
  }

  /** The reduced multiplier of TFLite's MultiplyByQuantizedMultiplier for int64. */
  @Test
  void sumsOf47BitsLeaveTheMultiplierOfTflite16x8() {
    for (int multiplier : new int[] {1 << 30, 0x40008000, 0x5a827999, 0x7ffeffff, 0x7fffffff}) {
      int reduced = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;

      Multiplier ours = new Multiplier(multiplier, 3).forSumsUpTo(1L << 46);

      assertThat(ours).isEqualTo(new Multiplier(reduced << 16, 3));
    }
  }
}

package io.mcudeploy.quantized.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.operators.SquashFunction.Kind;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SquashTableTest {
  static Stream<SquashFunction> functions() {
    return Stream.of(
        new SquashFunction(Kind.HINTON, 0),
        new SquashFunction(Kind.HINTON, 1e-7),
        new SquashFunction(Kind.HINTON, 0.01),
        new SquashFunction(Kind.HINTON_NORM, 1e-8),
        new SquashFunction(Kind.EFFICIENT, 1e-20));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void squashIsWithinThreeHundredthsOfAnInt8StepBeforeItsRounding(SquashFunction function) {
    Random random = new Random(1);
    double largest = 0;
    for (int dimension : new int[] {1, 2, 3, 4, 6, 8, 16, 32}) {
      for (double unit : new double[] {1e-6, 2e-5, 1e-3}) {
        SquashTable table = SquashTable.of(function, dimension, unit, Integer.MAX_VALUE, 13);
        for (int trial = 0; trial < 2000; trial++) {
          int[] x = vector(random, dimension, 8 + random.nextInt(22));
          double error = error(table, function, unit, x, ScaleRatio.ONE);
          boolean roundingIsSmall = norm(x) > 4096;
          if (roundingIsSmall) {
            largest = Math.max(largest, error);
          }
        }
      }
    }
    // 1/128 from 13 fraction bits; the rest is interpolation (0.047 of 128 · length at most,
    // docs/SPEC.md) and the bits dropped before the squares.
    assertThat(largest).isLessThan(0.075);
  }

  @Test
  void ratiosBringDifferentScalesToOneTable() {
    Random random = new Random(2);
    SquashFunction function = new SquashFunction(Kind.HINTON, 0);
    double unit = 3e-5;
    SquashTable table = SquashTable.of(function, 4, unit, 1 << 24, 13);
    for (int trial = 0; trial < 2000; trial++) {
      ScaleRatio ratio = ScaleRatio.of(random.nextDouble());
      int[] x = vector(random, 4, 14 + random.nextInt(10));
      assertThat(error(table, function, unit * ratio.value(), x, ratio)).isLessThan(0.15);
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void noVectorLeavesTheTableOrOverflows(SquashFunction function) {
    for (int dimension : new int[] {1, 4, 5, 16, 300}) {
      for (long bound : new long[] {1, 255, 1 << 15, (1 << 24) + 12345, Integer.MAX_VALUE}) {
        for (double unit : new double[] {1e-9, 1e-4, 1, 1e4}) {
          SquashTable table = SquashTable.of(function, dimension, unit, bound, 13);
          int[] y = new int[dimension];
          for (long magnitude = bound; magnitude > 0; magnitude >>= 1) {
            for (int sign = -1; sign <= 1; sign += 2) {
              int[] x = new int[dimension];
              Arrays.fill(x, (int) (sign * magnitude));
              table.squash(x, 0, 1, ScaleRatio.ONE, 13, y);
              assertThat(y[0] * sign).isBetween(0, 8192 * 101 / 100);
            }
          }
        }
      }
    }
  }

  @Test
  void aZeroVectorStaysZero() {
    SquashTable table = SquashTable.of(new SquashFunction(Kind.HINTON, 0), 4, 1, 1000, 13);
    int[] y = {1, 2, 3, 4};
    table.squash(new int[4], 0, 1, ScaleRatio.ONE, 13, y);
    assertThat(y).containsOnly(0);
  }

  @Test
  void aRatioKeepsFifteenBits() {
    Random random = new Random(3);
    for (int trial = 0; trial < 1000; trial++) {
      double value = Math.scalb(0.5 + random.nextDouble() / 2, -random.nextInt(12));
      assertThat(ScaleRatio.of(value).value())
          .isCloseTo(value, org.assertj.core.data.Offset.offset(value * 0x1p-15 + 0x1p-30));
    }
    assertThat(ScaleRatio.of(1)).isEqualTo(ScaleRatio.ONE);
    assertThat(ScaleRatio.of(0).value()).isZero();
    assertThatThrownBy(() -> ScaleRatio.of(1.01)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSquareRootIsTheFloor() {
    for (long root = 0; root < 65536; root += 7) {
      assertThat(Capsules.squareRoot((int) (root * root))).isEqualTo((int) root);
      assertThat(Capsules.squareRoot((int) (root * root + 2 * root))).isEqualTo((int) root);
    }
    assertThat(Capsules.squareRoot(-1)).isEqualTo(65535);
  }

  /** In int8 steps. */
  private static double error(
      SquashTable table, SquashFunction function, double unit, int[] x, ScaleRatio ratio) {
    int[] y = new int[x.length];
    table.squash(x, 0, 1, ratio, 13, y);
    double norm = norm(x) * unit;
    double factor = function.factor(norm * norm) * unit;
    double largest = 0;
    for (int d = 0; d < x.length; d++) {
      largest = Math.max(largest, Math.abs(x[d] * factor * 128 - y[d] / 64.0));
    }
    return largest;
  }

  private static double norm(int[] x) {
    double squares = 0;
    for (int element : x) {
      squares += (double) element * element;
    }
    return Math.sqrt(squares);
  }

  private static int[] vector(Random random, int dimension, int bits) {
    int[] x = new int[dimension];
    for (int d = 0; d < dimension; d++) {
      x[d] = random.nextInt(1 << bits) - (1 << (bits - 1));
    }
    return x;
  }
}

package io.mcudeploy.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

class PlaneTest {
  @Test
  void agreesWithTheFunctionForEveryPairWithoutOverflow() {
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      double left = 0.1 + random.nextDouble();
      double right = -0.1 - random.nextDouble();
      int constant = random.nextInt(100) - 50;
      IntBinaryOperator function =
          (a, b) -> clamp((int) Math.round(a * left + b * right) + constant, -120, 127);

      assertEveryPair(Plane.of(function, left, right, -120, 127).orElseThrow(), function, -120);
    }
  }

  @Test
  void meetsHalvesThatGoAwayFromZero() {
    IntBinaryOperator mean = (a, b) -> (a + b + Integer.signum(a + b)) / 2;

    assertEveryPair(Plane.of(mean, 0.5, 0.5, -128, 127).orElseThrow(), mean, -128);
  }

  @Test
  void isNotForFunctionsThatBend() {
    assertThat(Plane.of(Math::max, 0.5, 0.5, -128, 127)).isEmpty();
  }

  private static void assertEveryPair(Plane plane, IntBinaryOperator function, int lowest) {
    for (int a = -128; a < 128; a++) {
      for (int b = -128; b < 128; b++) {
        int sum =
            Math.toIntExact((long) a * plane.left() + (long) b * plane.right() + plane.offset());
        assertThat(clamp(sum >> plane.shift(), lowest, 127)).isEqualTo(function.applyAsInt(a, b));
      }
    }
  }

  private static int clamp(int value, int lowest, int highest) {
    return Math.max(lowest, Math.min(highest, value));
  }
}

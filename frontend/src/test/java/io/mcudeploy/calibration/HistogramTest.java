package io.mcudeploy.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void anEmptyHistogramAndOneOfZerosHaveTheRangeZero() {
    Observation zeros = new Observation();
    zeros.add(new float[] {0, -0.0f, 0});

    for (RangeMethod method : RangeMethod.all()) {
      assertThat(rangeOf(method, new Observation())).isEqualTo(Range.ZERO);
      assertThat(rangeOf(method, zeros).magnitude()).isZero();
    }
  }

  @Test
  void valuesThatAreNotFiniteAreLeftOut() {
    Histogram histogram = new Histogram();
    histogram.add(new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 2, -1});

    assertThat(histogram.range()).isEqualTo(new Range(-1, 2));
  }

  @Test
  void orderDoesNotMatterExceptToTheMovingAverage() {
    Observation forwards = new Observation();
    Observation backwards = new Observation();
    Random random = new Random(7);
    float[][] parts = new float[40][];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new float[100];
      for (int k = 0; k < parts[i].length; k++) {
        parts[i][k] = (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(12) - 8));
      }
    }
    for (int i = 0; i < parts.length; i++) {
      forwards.add(parts[i]);
      backwards.add(parts[parts.length - 1 - i]);
    }

    for (RangeMethod method : RangeMethod.all()) {
      boolean same = rangeOf(method, backwards).equals(rangeOf(method, forwards));
      assertThat(same).as(method.toString()).isEqualTo(method != RangeMethod.MOVING_AVERAGE);
    }
  }

  @Test
  void tailsAreCutByTheirShare() {
    Histogram histogram = new Histogram();
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 1e-4f;
    }
    values[17] = 1000;
    values[18] = -1000;
    histogram.add(values);

    assertThat(histogram.range()).isEqualTo(new Range(-1000, 1000));
    Range cut = histogram.withoutTails(1.0 / 5000);
    // Bins are half a unit wide beside values as large as 1000.
    assertThat(cut.low()).isEqualTo(0, within(0.5));
    assertThat(cut.high()).isEqualTo(1, within(0.5));
  }

  @Test
  void leastSquaresGivesUpARareOutlierButNotACommonExtreme() {
    Observation rare = new Observation();
    Observation common = new Observation();
    float[] values = new float[1_000_000];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    values[5] = 3;
    rare.add(values);
    for (int i = 0; i < values.length; i += 10) {
      values[i] = 3;
    }
    common.add(values);

    assertThat(rangeOf(RangeMethod.MSE, rare).high()).isBetween(0.95, 1.5);
    assertThat(rangeOf(RangeMethod.MSE, common).high()).isBetween(2.9, 3.0);
  }

  /** Banner, Nahshan and Soudry, "Post training 4-bit quantization" (ACIQ), 2019, for 8 bits. */
  @Test
  void leastSquaresFindsTheClippingPublishedForTwoDistributions() {
    Random random = new Random(1);
    float[] normal = new float[4_000_000];
    float[] laplace = new float[normal.length];
    for (int i = 0; i < normal.length; i++) {
      normal[i] = (float) random.nextGaussian();
      double uniform = random.nextDouble() - 0.5;
      laplace[i] = (float) (-Math.signum(uniform) * Math.log(1 - 2 * Math.abs(uniform)));
    }

    assertThat(magnitude(RangeMethod.MSE, normal)).isCloseTo(3.924, withinPercentage(5));
    assertThat(magnitude(RangeMethod.MSE, laplace)).isCloseTo(9.897, withinPercentage(5));
  }

  @Test
  void entropyGivesUpTailsThatHoldLittleInformationButNoEvenlyUsedRange() {
    Random random = new Random(5);
    float[] even = new float[500_000];
    float[] tailed = new float[even.length];
    for (int i = 0; i < even.length; i++) {
      even[i] = random.nextFloat() * 2 - 1;
      tailed[i] = (float) random.nextGaussian();
    }
    tailed[3] = 40;

    assertThat(magnitude(RangeMethod.ENTROPY, even)).isGreaterThan(0.99);
    assertThat(magnitude(RangeMethod.ENTROPY, tailed)).isBetween(3.0, 10.0);
  }

  @Test
  void entropyIgnoresTheZerosBehindRelu() {
    Random random = new Random(6);
    float[] values = new float[500_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 10 == 0 ? random.nextFloat() : 0;
    }

    assertThat(magnitude(RangeMethod.ENTROPY, values)).isGreaterThan(0.99);
  }

  @Test
  void movingAverageGivesOneSampleAloneOneHundredth() {
    Observation observation = new Observation();
    observation.add(new float[] {-1, 1});
    observation.add(new float[] {-1, 101});

    assertThat(rangeOf(RangeMethod.MOVING_AVERAGE, observation)).isEqualTo(new Range(-1, 2));
  }

  @Test
  void methodsAreFoundByTheirNames() {
    for (RangeMethod method : RangeMethod.all()) {
      assertThat(RangeMethod.named(method.toString())).isSameAs(method);
    }
    assertThat(RangeMethod.named("MIN_MAX")).isSameAs(RangeMethod.MIN_MAX);
    assertThat(RangeMethod.named("percentile:99.5")).hasToString("percentile:99.5");
    for (String mistake : List.of("percentile:20", "percentile:x", "largest")) {
      assertThatThrownBy(() -> RangeMethod.named(mistake))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Range rangeOf(RangeMethod method, Observation observation) {
    return method.rangeOf(observation, ActivationScheme.ASYMMETRIC);
  }

  private static double magnitude(RangeMethod method, float[] values) {
    Observation observation = new Observation();
    observation.add(values);
    return rangeOf(method, observation).magnitude();
  }
}

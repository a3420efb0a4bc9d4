package io.mcudeploy.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void anEmptyHistogramAndOneOfZerosHaveTheRangeZero() {
    Histogram zeros = new Histogram();
    zeros.add(new float[] {0, -0.0f, 0});

    for (RangeMethod method : RangeMethod.values()) {
      assertThat(method.rangeOf(new Histogram())).isEqualTo(Range.ZERO);
      assertThat(method.rangeOf(zeros).magnitude()).isZero();
    }
  }

  @Test
  void valuesThatAreNotFiniteAreLeftOut() {
    Histogram histogram = new Histogram();
    histogram.add(new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 2, -1});

    assertThat(histogram.range()).isEqualTo(new Range(-1, 2));
  }

  @Test
  void orderAndGroupingDoNotMatter() {
    Histogram once = new Histogram();
    Histogram reversed = new Histogram();
    Histogram left = new Histogram();
    Histogram right = new Histogram();
    Random random = new Random(7);
    float[][] parts = new float[40][];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new float[100];
      for (int k = 0; k < parts[i].length; k++) {
        parts[i][k] = (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(12) - 8));
      }
    }
    for (int i = 0; i < parts.length; i++) {
      once.add(parts[i]);
      reversed.add(parts[parts.length - 1 - i]);
      (i % 3 == 0 ? left : right).add(parts[i]);
    }
    left.add(right);

    for (RangeMethod method : RangeMethod.values()) {
      assertThat(method.rangeOf(reversed)).isEqualTo(method.rangeOf(once));
      assertThat(method.rangeOf(left)).isEqualTo(method.rangeOf(once));
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
    Histogram rare = new Histogram();
    Histogram common = new Histogram();
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

    assertThat(RangeMethod.MSE.rangeOf(rare).high()).isBetween(0.95, 1.5);
    assertThat(RangeMethod.MSE.rangeOf(common).high()).isBetween(2.9, 3.0);
  }
}

package io.mcudeploy.quantized.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.quantized.Quantization;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogSoftmaxTest {
  /** The bound of docs/SPEC.md, on output scales that just hold a row of near or far inputs. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-5, 1e-3, 0.02, 0.1, 0.5, 3, 15.9, 16, 200, 1e7})
  void resultsAreWithinTheBoundOfTheSpecification(double scale) {
    Random random = new Random(1);
    for (int depth : new int[] {1, 2, 3, 10, 100, 1000, 8191}) {
      for (int width : new int[] {6, 256}) {
        byte[] x = row(random, depth, width);
        double[] real = real(x, scale);
        double step = (width * scale + Math.log(depth) + 1e-3) / 250;
        Quantization output = new Quantization(step, 127);
        byte[] y = run(LogSoftmax.of(1, depth, 1, scale, output, -128, 127), x);
        double bound =
            (depth * 0x1p-20 + 0x1p-14 + LogSoftmax.reach(scale) * 0x1p-20) / step + 0.51;
        for (int d = 0; d < depth; d++) {
          double wanted = Math.max(-128, 127 + real[d] / step);
          assertThat((double) y[d])
              .as("element %d of %d", d, depth)
              .isBetween(wanted - bound, wanted + bound);
        }
      }
    }
  }

  @Test
  void onTheGridThatTfliteFixesItIsWithinLittleMoreThanHalfAStep() {
    Quantization sixteenth = new Quantization(0x1p-4, 127);
    Random random = new Random(2);
    for (double scale = 0.001; scale < 1; scale *= 1.3) {
      byte[] x = row(random, 1000, 256);
      byte[] y = run(LogSoftmax.of(1, 1000, 1, scale, sixteenth, -128, 127), x);
      double[] real = real(x, scale);
      for (int d = 0; d < x.length; d++) {
        double wanted = Math.max(-128, 127 + 16 * real[d]);
        assertThat((double) y[d]).isBetween(wanted - 0.53, wanted + 0.53);
      }
    }
  }

  @Test
  void aSingleElementIsCertain() {
    LogSoftmax one = LogSoftmax.of(3, 1, 1, 0.1, new Quantization(0.01, 40), -128, 127);
    assertThat(run(one, new byte[] {-128, 0, 127})).containsExactly(40, 40, 40);
  }

  @Test
  void rowsThatAreTooLongAreRefused() {
    assertThatThrownBy(() -> LogSoftmax.of(1, 8192, 1, 0.1, new Quantization(0.1, 127), -128, 127))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8192");
  }

  private static byte[] row(Random random, int depth, int width) {
    byte[] x = new byte[depth];
    for (int d = 0; d < depth; d++) {
      x[d] = (byte) (random.nextInt(width) - 128);
    }
    return x;
  }

  private static double[] real(byte[] x, double scale) {
    int largest = -128;
    for (byte each : x) {
      largest = Math.max(largest, each);
    }
    double sum = 0;
    for (byte each : x) {
      sum += Math.exp(scale * (each - largest));
    }
    double[] y = new double[x.length];
    for (int d = 0; d < x.length; d++) {
      y[d] = scale * (x[d] - largest) - Math.log(sum);
    }
    return y;
  }

  private static byte[] run(LogSoftmax operator, byte[] x) {
    return operator.run(List.of(x)).get(0);
  }
}

package io.mcudeploy.kernels.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowTapsTest {
  record Geometry(int kernelWidth, int stride, int dilation) {}

  static List<Geometry> geometries() {
    return IntStream.rangeClosed(1, 9)
        .boxed()
        .flatMap(
            k ->
                IntStream.rangeClosed(1, 4)
                    .boxed()
                    .flatMap(s -> IntStream.rangeClosed(1, 3).mapToObj(d -> new Geometry(k, s, d))))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void productsAddUpToTheConvolutionOfAllOutputs(Geometry geometry) {
    RowTaps taps = RowTaps.of(geometry.kernelWidth(), geometry.stride(), geometry.dilation());
    Random random = new Random(geometry.hashCode());
    int[] row = random.ints(2L * taps.words(5), -128, 128).toArray();
    int[] kernel = random.ints(geometry.kernelWidth(), -127, 128).toArray();

    for (int column = 0; column < 5; column++) {
      int expected = 0;
      for (int k = 0; k < kernel.length; k++) {
        expected += kernel[k] * row[column * geometry.stride() + k * geometry.dilation()];
      }
      int actual = 0;
      for (RowTaps.Product product : taps.products(5)) {
        if (product.column() == column) {
          actual += multiply(product, taps.weights().get(product.weight()), row, kernel);
        }
      }
      assertThat(actual).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void oneOutputAloneUsesOnlyItsOwnProducts(Geometry geometry) {
    RowTaps taps = RowTaps.of(geometry.kernelWidth(), geometry.stride(), geometry.dilation());

    assertThat(taps.products(1))
        .allMatch(product -> product.column() == 0)
        .hasSize(
            geometry.dilation() == 1 ? (geometry.kernelWidth() + 1) / 2 : geometry.kernelWidth());
  }

  /** What the instruction of a product adds to its sum. */
  private static int multiply(
      RowTaps.Product product, RowTaps.Weights weights, int[] row, int[] kernel) {
    int inputLow = row[2 * product.input()];
    int inputHigh = row[2 * product.input() + 1];
    int weightLow = weights.low() < 0 ? 0 : kernel[weights.low()];
    int weightHigh = weights.high() < 0 ? 0 : kernel[weights.high()];
    return switch (product.word()) {
      case "smlad" -> inputLow * weightLow + inputHigh * weightHigh;
      case "smlabb" -> inputLow * weightLow;
      case "smlabt" -> inputLow * weightHigh;
      case "smlatb" -> inputHigh * weightLow;
      case "smlatt" -> inputHigh * weightHigh;
      default -> throw new AssertionError(product.word());
    };
  }
}

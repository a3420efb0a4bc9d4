package io.mcudeploy.kernels.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.operators.Window;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlaneBlockTest {
  private static final Pattern LOAD = Pattern.compile("ldr %\\[(\\w+)], \\[%\\[(\\w)], #(\\d+)]");
  private static final Pattern PRODUCT =
      Pattern.compile("(\\w+) %\\[(\\w+)], %\\[(\\w+)], %\\[(\\w+)], %\\[(\\w+)]");
  private static final int BIAS = 12_345;

  record Geometry(
      int kernelHeight, int kernelWidth, int stride, int dilation, int rows, int columns) {}

  static List<Geometry> geometries() {
    Random random = new Random(1);
    return IntStream.range(0, 200)
        .mapToObj(
            i ->
                new Geometry(
                    1 + random.nextInt(5),
                    1 + random.nextInt(10),
                    1 + random.nextInt(3),
                    1 + random.nextInt(2),
                    1 + random.nextInt(2),
                    1 + random.nextInt(4)))
        .toList();
  }

  /** Runs the instructions on 16-bit halves, as the core does. */
  @ParameterizedTest
  @MethodSource("geometries")
  void instructionsMakeTheOutputsOfABlock(Geometry geometry) {
    Window window = window(geometry);
    RowTaps taps = RowTaps.of(geometry.kernelWidth(), geometry.stride(), geometry.dilation());
    int pitch = taps.words(geometry.columns());
    Random random = new Random(geometry.hashCode());
    int height = (geometry.rows() - 1) * geometry.stride() + 1 + 4 * geometry.dilation();
    int[] plane = random.ints(2L * height * pitch, -128, 128).toArray();
    int[] kernel =
        random.ints((long) geometry.kernelHeight() * geometry.kernelWidth(), -127, 128).toArray();
    PlaneBlock.of(window, taps, geometry.rows(), geometry.columns(), pitch)
        .ifPresent(
            block -> {
              Map<String, Integer> sums =
                  run(block, packed(plane), packedWeights(geometry, taps, kernel));
              for (int row = 0; row < geometry.rows(); row++) {
                for (int column = 0; column < geometry.columns(); column++) {
                  assertThat(sums.get("s" + row + column))
                      .isEqualTo(expected(geometry, plane, 2 * pitch, kernel, row, column));
                }
              }
            });
  }

  @Test
  void aRowOfOutputsLoadsEachInputAndEachWeightOnce() {
    Window window = window(new Geometry(1, 10, 1, 1, 1, 6));
    RowTaps taps = RowTaps.of(10, 1, 1);

    assertThat(PlaneBlock.of(window, taps, 1, 6, taps.words(6)))
        .hasValueSatisfying(
            block ->
                assertThat(block.instructions())
                    .filteredOn(i -> i.startsWith("ldr"))
                    .hasSize(taps.weights().size() + taps.words(6)));
  }

  @Test
  void moreSumsThanRegistersAreNoBlock() {
    Window window = window(new Geometry(3, 3, 1, 1, 2, 3));
    RowTaps taps = RowTaps.of(3, 1, 1);

    assertThat(PlaneBlock.of(window, taps, 2, 3, taps.words(3))).isEmpty();
  }

  private static Window window(Geometry g) {
    int height = (g.rows() - 1) * g.stride() + (g.kernelHeight() - 1) * g.dilation() + 1;
    int width = (g.columns() - 1) * g.stride() + (g.kernelWidth() - 1) * g.dilation() + 1;
    return new Window(
        height,
        width,
        4,
        g.rows(),
        g.columns(),
        g.kernelHeight(),
        g.kernelWidth(),
        g.stride(),
        g.stride(),
        g.dilation(),
        g.dilation(),
        0,
        0);
  }

  private static int expected(
      Geometry g, int[] plane, int pitch, int[] kernel, int row, int column) {
    int sum = BIAS;
    for (int ky = 0; ky < g.kernelHeight(); ky++) {
      for (int kx = 0; kx < g.kernelWidth(); kx++) {
        sum +=
            kernel[ky * g.kernelWidth() + kx]
                * plane[
                    (row * g.stride() + ky * g.dilation()) * pitch
                        + column * g.stride()
                        + kx * g.dilation()];
      }
    }
    return sum;
  }

  private static int[] packed(int[] halves) {
    return IntStream.range(0, halves.length / 2)
        .map(i -> Pairs.ofInt16(halves[2 * i], halves[2 * i + 1]))
        .toArray();
  }

  private static int[] packedWeights(Geometry g, RowTaps taps, int[] kernel) {
    return IntStream.range(0, g.kernelHeight())
        .flatMap(
            row ->
                taps.weights().stream()
                    .mapToInt(
                        pair ->
                            Pairs.ofInt16(
                                weight(g, kernel, row, pair.low()),
                                weight(g, kernel, row, pair.high()))))
        .toArray();
  }

  private static int weight(Geometry g, int[] kernel, int row, int column) {
    return column < 0 ? 0 : kernel[row * g.kernelWidth() + column];
  }

  private static Map<String, Integer> run(PlaneBlock block, int[] plane, int[] weights) {
    Map<String, Integer> registers = new HashMap<>();
    for (int i = 0; i < weights.length; i++) {
      registers.put("w" + i, weights[i]);
    }
    registers.put("s" + (block.rows() - 1) + (block.columns() - 1), BIAS);
    for (String instruction : block.instructions()) {
      Matcher load = LOAD.matcher(instruction);
      Matcher product = PRODUCT.matcher(instruction);
      if (load.matches()) {
        int[] memory = load.group(2).equals("x") ? plane : weights;
        registers.put(load.group(1), memory[Integer.parseInt(load.group(3)) / 4]);
      } else {
        assertThat(product.matches()).as(instruction).isTrue();
        registers.put(
            product.group(2),
            registers.get(product.group(5))
                + multiply(
                    product.group(1),
                    registers.get(product.group(3)),
                    registers.get(product.group(4))));
      }
    }
    return registers;
  }

  private static int multiply(String word, int left, int right) {
    return switch (word) {
      case "smlad" -> (short) left * (short) right + (left >> 16) * (right >> 16);
      case "smlabb" -> (short) left * (short) right;
      case "smlabt" -> (short) left * (right >> 16);
      case "smlatb" -> (left >> 16) * (short) right;
      case "smlatt" -> (left >> 16) * (right >> 16);
      default -> throw new AssertionError(word);
    };
  }
}

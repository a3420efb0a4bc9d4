package io.mcudeploy.kernels.mve;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.kernels.mve.DepthwiseTiling.Gather;
import io.mcudeploy.kernels.mve.DepthwiseTiling.Product;
import io.mcudeploy.kernels.mve.DepthwiseTiling.Taps;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DepthwiseTilingTest {
  static List<Window> windows() {
    List<Window> windows = new ArrayList<>();
    for (int kernelHeight : List.of(1, 2, 3, 5)) {
      for (int kernelWidth : List.of(1, 3, 4, 7, 18)) {
        for (int stride : List.of(1, 2, 3)) {
          windows.add(Window.valid(11, 23, 1, kernelHeight, kernelWidth, stride, stride));
        }
      }
    }
    windows.add(new Window(9, 9, 1, 9, 9, 3, 3, 1, 1, 1, 1, 1, 1));
    windows.add(new Window(9, 8, 1, 9, 8, 3, 3, 1, 1, 2, 2, 2, 2));
    windows.add(new Window(8, 8, 1, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0));
    windows.add(new Window(20, 1, 1, 20, 1, 5, 1, 1, 1, 1, 1, 2, 0));
    windows.add(new Window(1, 20, 1, 1, 20, 1, 9, 1, 1, 1, 2, 0, 8));
    return windows;
  }

  @ParameterizedTest
  @MethodSource("windows")
  void dotProductsOfPatchesAreTheConvolution(Window given) {
    DepthwiseTiling tiling = DepthwiseTiling.of(given);
    Window window = tiling.window();
    Random random = new Random(1);
    int[] image =
        random.ints((long) window.inputHeight() * window.inputWidth(), -128, 128).toArray();
    int[] kernel =
        random.ints((long) window.kernelHeight() * window.kernelWidth(), -127, 128).toArray();

    for (int block = 0; block < tiling.rowsOfBlocks(); block++) {
      for (int across = 0; across < tiling.blocksOfRow(); across++) {
        int[] sums = new int[4];
        for (Gather gather : tiling.gathers()) {
          for (Product product : gather.products()) {
            Taps taps = tiling.weights().get(product.weights());
            sums[product.output()] += dot(tiling, gather, taps, block, across, image, kernel);
          }
        }
        for (int i = 0; i < 4; i++) {
          int row = tiling.firstRow(block) + i / tiling.blockColumns();
          int column = across * tiling.blockColumns() + i % tiling.blockColumns();
          if (column < window.outputWidth()) {
            assertThat(sums[i]).isEqualTo(convolution(window, row, column, image, kernel));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("windows")
  void patchesLieInTheWordsThatAreAllotted(Window window) {
    DepthwiseTiling tiling = DepthwiseTiling.of(window);

    assertThat(tiling.usedWords()).isLessThanOrEqualTo(tiling.words());
    assertThat(tiling.gathers()).allMatch(gather -> gather.wordRow() < tiling.wordRows());
  }

  @ParameterizedTest
  @MethodSource("windows")
  void vectorsOfAllChannelsAreFoundInTheirStrings(Window window) {
    DepthwiseTiling tiling = DepthwiseTiling.of(window);
    WeightString string = WeightString.of(tiling.weights());
    int[] bytes = new int[string.length(3)];
    Arrays.fill(bytes, Taps.NONE);
    for (int channel = 0; channel < 3; channel++) {
      for (int i = 0; i < string.taps().size(); i++) {
        if (string.taps().get(i) != Taps.NONE) {
          assertThat(bytes[channel * string.stride() + i]).isEqualTo(Taps.NONE);
          bytes[channel * string.stride() + i] = 1000 * channel + string.taps().get(i);
        }
      }
    }

    for (int channel = 0; channel < 3; channel++) {
      int first = channel * string.stride();
      int base = 1000 * channel;
      for (int v = 0; v < tiling.weights().size(); v++) {
        int at = first + string.offsets().get(v);
        assertThat(Arrays.stream(bytes, at, at + 16).boxed())
            .isEqualTo(
                tiling.weights().get(v).lanes().stream()
                    .map(tap -> tap == Taps.NONE ? tap : base + tap)
                    .toList());
      }
    }
  }

  @Test
  void threeByThreeSharesOnePatchAmongFourOutputsAndOneString() {
    DepthwiseTiling tiling =
        DepthwiseTiling.of(new Window(25, 5, 64, 25, 5, 3, 3, 1, 1, 1, 1, 1, 1));

    assertThat(tiling.gathers()).hasSize(1);
    assertThat(tiling.blockRows()).isEqualTo(2);
    assertThat(WeightString.of(tiling.weights()).stride()).isEqualTo(16);
  }

  @Test
  void outputsReplaceTheInputIfItIsReadEarlyEnough() {
    assertThat(ahead(new Window(25, 5, 1, 25, 5, 3, 3, 1, 1, 1, 1, 1, 1))).isEqualTo(1);
    assertThat(ahead(new Window(24, 24, 1, 12, 12, 3, 3, 2, 2, 1, 1, 0, 0))).isZero();
    assertThat(ahead(new Window(1, 40, 1, 1, 40, 1, 9, 1, 1, 1, 1, 0, 4))).isZero();
  }

  @Test
  void outputsLargerThanTheInputDoNotReplaceIt() {
    assertThat(DepthwiseTiling.of(new Window(4, 4, 1, 6, 6, 3, 3, 1, 1, 1, 1, 2, 2)).ahead())
        .isEmpty();
  }

  private static int ahead(Window window) {
    return DepthwiseTiling.of(window).ahead().orElseThrow();
  }

  /** What VMLADAV gives for a patch; pixels outside the image are 0. */
  private static int dot(
      DepthwiseTiling tiling,
      Gather gather,
      Taps taps,
      int block,
      int across,
      int[] image,
      int[] kernel) {
    Window window = tiling.window();
    int sum = 0;
    for (int lane = 0; lane < 16; lane++) {
      int word = across * tiling.blockStep() + gather.column() + lane / 4 * tiling.wordStep();
      assertThat(word).isLessThan(tiling.words());
      int strand = lane % 4;
      int row =
          window.top(tiling.firstRow(block))
              + (tiling.along() ? 0 : (4 * gather.wordRow() + strand) * window.dilationHeight());
      int column = (tiling.along() ? 4 * word + strand : word) - window.paddingLeft();
      if (taps.lanes().get(lane) != Taps.NONE) {
        sum += pixel(window, row, column, image) * kernel[taps.lanes().get(lane)];
      }
    }
    return sum;
  }

  private static int convolution(Window window, int row, int column, int[] image, int[] kernel) {
    int sum = 0;
    for (int ky = 0; ky < window.kernelHeight(); ky++) {
      for (int kx = 0; kx < window.kernelWidth(); kx++) {
        sum +=
            pixel(
                    window,
                    window.top(row) + ky * window.dilationHeight(),
                    window.left(column) + kx * window.dilationWidth(),
                    image)
                * kernel[ky * window.kernelWidth() + kx];
      }
    }
    return sum;
  }

  private static int pixel(Window window, int row, int column, int[] image) {
    return row >= 0 && row < window.inputHeight() && column >= 0 && column < window.inputWidth()
        ? image[row * window.inputWidth() + column]
        : 0;
  }
}

package io.mcudeploy.kernels.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Window;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WinogradConvolutionTest {
  /** Bᵀ and Aᵀ of F(2, 3). */
  private static final int[][] INPUTS = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};

  private static final int[][] OUTPUTS = {{1, 1, 1, 0}, {0, 1, -1, -1}};

  @Test
  void fourTimesTheConvolutionIsReproducedExactly() {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      int[] kernel = random.ints(9, -128, 128).toArray();
      int[][] image = new int[4][];
      Arrays.setAll(image, row -> random.ints(4, -128, 128).toArray());

      int[][] inputs = product(product(INPUTS, image), transposed(INPUTS));
      Int32Array weights = WinogradConvolution.transformed(Int32Array.of(kernel));
      int[][] products = new int[4][4];
      for (int i = 0; i < 16; i++) {
        products[i / 4][i % 4] = weights.get(i) * inputs[i / 4][i % 4];
      }
      int[][] outputs = product(product(OUTPUTS, products), transposed(OUTPUTS));

      for (int i = 0; i < 4; i++) {
        int direct = 0;
        for (int k = 0; k < 9; k++) {
          direct += kernel[k] * image[i / 2 + k / 3][i % 2 + k % 3];
        }
        assertThat(outputs[i / 2][i % 2]).isEqualTo(4 * direct);
      }
    }
  }

  @Test
  void noSumOfTheMostChannelsOverflows() {
    long mostWeight = 0;
    for (int signs = 0; signs < 1 << 9; signs++) {
      int[] kernel = new int[9];
      for (int i = 0; i < 9; i++) {
        kernel[i] = (signs >> i & 1) == 0 ? -128 : 127;
      }
      Int32Array weights = WinogradConvolution.transformed(Int32Array.of(kernel));
      for (int i = 0; i < 16; i++) {
        mostWeight = Math.max(mostWeight, Math.abs(weights.get(i)));
      }
    }
    long mostSum = 128 * mostWeight * 4 * 128;

    assertThat(mostWeight).isEqualTo(9 * 128);
    assertThat(9 * mostSum).isLessThan(Integer.MAX_VALUE);
    assertThat(kernel(square(128))).isPresent();
    assertThat(kernel(square(132))).isEmpty();
  }

  @Test
  void onlyWindowsThatTilesOfTwoRowsAndFourColumnsCoverAreTaken() {
    assertThat(kernel(Window.valid(4, 6, 4, 3, 3, 1, 1))).isPresent();
    assertThat(kernel(Window.valid(3, 6, 4, 3, 3, 1, 1))).as("one row").isEmpty();
    assertThat(kernel(Window.valid(4, 5, 4, 3, 3, 1, 1))).as("three columns").isEmpty();
    assertThat(kernel(Window.valid(4, 6, 6, 3, 3, 1, 1))).as("six channels").isEmpty();
    assertThat(kernel(Window.valid(9, 13, 4, 3, 3, 2, 2))).as("stride 2").isEmpty();
    assertThat(kernel(Window.valid(9, 9, 4, 5, 5, 1, 1))).as("5x5").isEmpty();
  }

  @Test
  void takesSixteenNinthsOfTheWeights() {
    KernelCode code = kernel(square(16)).orElseThrow();

    assertThat(code.constantBytes()).isEqualTo(8 * 16 * 16 * 2 + 8 * 4 * 4);
    assertThat(code.scratchBytes()).isEqualTo(16 * (16 + 8) * 4);
  }

  private static Window square(int channels) {
    return Window.valid(6, 6, channels, 3, 3, 1, 1);
  }

  /** The kernel of a convolution to eight channels. */
  private static Optional<KernelCode> kernel(Window window) {
    int weights = window.kernelHeight() * window.kernelWidth() * window.inputChannels();
    Conv2d conv =
        new Conv2d(
            window,
            8,
            1,
            -3,
            Int8Array.of(new byte[8 * weights]),
            Int32Array.of(new int[8]),
            new OutputStage(Collections.nCopies(8, Multiplier.of(0.01)), 0, 0, 127));
    return new DspConv2d()
        .variants(conv).stream().filter(code -> code.template().contains("winograd")).findFirst();
  }

  private static int[][] product(int[][] a, int[][] b) {
    int[][] product = new int[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }

  private static int[][] transposed(int[][] matrix) {
    int[][] transposed = new int[matrix[0].length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[0].length; j++) {
        transposed[j][i] = matrix[i][j];
      }
    }
    return transposed;
  }
}

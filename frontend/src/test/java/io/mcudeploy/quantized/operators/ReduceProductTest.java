package io.mcudeploy.quantized.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.Quantization;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReduceProductTest {
  /** Against exact products; the bound is that of docs/SPEC.md. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 17, 200})
  void resultsAreWithinTheBoundOfTheSpecification(int depth) {
    Random random = new Random(depth);
    for (int trial = 0; trial < 200; trial++) {
      byte[] x = new byte[depth];
      random.nextBytes(x);
      int zeroPoint = random.nextInt(256) - 128;
      BigDecimal exact = BigDecimal.ONE;
      double logarithm = 0;
      for (byte each : x) {
        exact = exact.multiply(BigDecimal.valueOf(each - zeroPoint));
        logarithm += Math.log(Math.max(1, Math.abs(each - zeroPoint)));
      }
      Quantization input = new Quantization(Math.exp(-logarithm / depth), zeroPoint);
      Quantization output = new Quantization(0.001 + 0.02 * random.nextDouble(), 0);
      double wanted =
          exact.multiply(new BigDecimal(input.scale()).pow(depth)).doubleValue() / output.scale();
      int y = ReduceProduct.of(1, depth, 1, input, output, -128, 127).run(List.of(x)).get(0)[0];
      double error = Math.abs(y - Math.max(-128, Math.min(127, wanted)));
      assertThat(error).isLessThan(0.76 + Math.min(Math.abs(wanted), 128) * depth * 0x1p-21);
    }
  }

  @Test
  void aZeroAnywhereGivesTheZeroPoint() {
    Quantization input = new Quantization(100, 5);
    ReduceProduct product =
        ReduceProduct.of(1, 400, 1, input, new Quantization(1e-6, 33), -128, 127);
    byte[] x = new byte[400];
    Arrays.fill(x, (byte) 127);
    assertThat(product.run(List.of(x)).get(0)).containsExactly(127);
    x[399] = 5;
    assertThat(product.run(List.of(x)).get(0)).containsExactly(33);
  }

  @Test
  void whatIsTooSmallForTheOutputIsZero() {
    Quantization input = new Quantization(1e-3, 0);
    ReduceProduct product =
        ReduceProduct.of(1, 400, 1, input, new Quantization(0.1, -7), -128, 127);
    byte[] x = new byte[400];
    Arrays.fill(x, (byte) -128);
    assertThat(product.run(List.of(x)).get(0)).containsExactly(-7);
  }

  /** (−1)^n by its sign, at the largest and the smallest magnitude of a saturated result. */
  @Test
  void theSignIsThatOfTheExactProduct() {
    Quantization unit = new Quantization(1, 0);
    for (int depth = 1; depth < 9; depth++) {
      ReduceProduct product =
          ReduceProduct.of(1, depth, 1, unit, new Quantization(0x1p-9, 0), -128, 127);
      byte[] ones = new byte[depth];
      Arrays.fill(ones, (byte) -1);
      assertThat(product.run(List.of(ones)).get(0)[0])
          .isEqualTo((byte) (depth % 2 == 0 ? 127 : -128));
    }
  }
}

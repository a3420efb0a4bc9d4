package io.mcudeploy.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.Multiplier;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputCodeTest {
  private static final Multiplier SMALL = Multiplier.of(0.01);

  @Test
  void usualFactorsAndBoundsTakeTheShortWord() {
    assertThat(OutputCode.requantize(List.of(SMALL), (1 << 30) - 1)).isEqualTo("requantize");
  }

  @Test
  void largeAccumulatorsTakeTheGeneralWord() {
    assertThat(OutputCode.requantize(List.of(SMALL), 1 << 30)).isEqualTo("requantize_any");
  }

  @Test
  void factorsOfHalfOrMoreTakeTheGeneralWord() {
    assertThat(OutputCode.requantize(List.of(SMALL, Multiplier.of(0.5)), 1))
        .isEqualTo("requantize_any");
    assertThat(OutputCode.requantize(List.of(SMALL, Multiplier.of(3)), 1))
        .isEqualTo("requantize_any");
  }

  @Test
  void factorZeroNeedsNoShift() {
    assertThat(OutputCode.requantize(List.of(Multiplier.of(0)), 1)).isEqualTo("requantize");
  }

  @Test
  void numbersAreAddedAsAReaderWrites() {
    assertThat(OutputCode.plus(7)).isEqualTo(" + 7");
    assertThat(OutputCode.plus(-128)).isEqualTo(" - 128");
    assertThat(OutputCode.plus(0)).isEmpty();
  }
}

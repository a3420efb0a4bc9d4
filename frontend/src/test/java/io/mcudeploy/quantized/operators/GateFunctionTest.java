package io.mcudeploy.quantized.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.quantized.Int32Array;
import java.util.function.IntUnaryOperator;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The checksums are those of TFLite Micro's reference functions (commit 90b983c2b), compiled and
 * run on every int16.
 */
class GateFunctionTest {
  @Test
  void theTableIsTflites() {
    Int32Array table = GateFunction.sigmoidTable();
    CRC32 crc = new CRC32();
    for (int i = 0; i < table.length(); i++) {
      crc.update(table.get(i));
      crc.update(table.get(i) >> 8);
    }

    assertThat(table.length()).isEqualTo(256);
    assertThat(crc.getValue()).isEqualTo(0xb84f6ab4L);
  }

  @Test
  void theSigmoidIsTflites() {
    assertThat(checksum(GateFunction.SIGMOID::apply)).isEqualTo(0x928f0a46L);
  }

  @Test
  void theTanhIsTflites() {
    assertThat(checksum(GateFunction.TANH::apply)).isEqualTo(0xabdd53ccL);
  }

  @ParameterizedTest
  @CsvSource({
    "-15, c3723410", "-14, 0a35e7ef", "-13, 931c6619", "-12, abdd53cc", "-11, 20f0f708",
    "-10, 93ee576e", "-9, 2537531d", "-8, c289621b", "-7, 0254fdd0", "-6, d7f23d59",
    "-5, 909f3bd3", "-4, 5a45b7fe", "-3, de401c77", "-2, f2752534", "-1, 20e15f13"
  })
  void theTanhOfACellStateIsTflites(int power, String checksum) {
    assertThat(checksum(x -> GateFunction.tanh(x, power))).isEqualTo(Long.parseLong(checksum, 16));
  }

  @Test
  void theFunctionsAreCloseToTheRealOnes() {
    for (int x = -32768; x <= 32767; x++) {
      double real = x * 0x1p-12;
      assertThat(GateFunction.SIGMOID.apply(x) * 0x1p-15)
          .isCloseTo(1 / (1 + Math.exp(-real)), within(0x1p-14));
      assertThat(GateFunction.TANH.apply(x) * 0x1p-15).isCloseTo(Math.tanh(real), within(0x1p-13));
    }
  }

  private static long checksum(IntUnaryOperator function) {
    CRC32 crc = new CRC32();
    for (int x = -32768; x <= 32767; x++) {
      int y = function.applyAsInt(x);
      crc.update(y);
      crc.update(y >> 8);
    }
    return crc.getValue();
  }
}

package io.mcudeploy.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowCodeTest {
  private static final Pattern PRODUCT = Pattern.compile(".*at \\* (\\d+)u\\) >> (\\d+)\\)");

  @ParameterizedTest
  @CsvSource({"124, 5", "2303, 48", "9215, 96", "1023, 32", "48, 7", "8280, 91", "65535, 256"})
  void quotientIsADivision(int highest, int divisor) {
    Matcher product = PRODUCT.matcher(WindowCode.quotient(highest, divisor).orElseThrow());
    assertThat(product.matches()).isTrue();
    int factor = Integer.parseInt(product.group(1));
    int shift = Integer.parseInt(product.group(2));

    for (int at = 0; at <= highest; at++) {
      assertThat((at * factor) >>> shift).isEqualTo(at / divisor);
    }
  }

  @Test
  void noProductOf32BitsDividesAllNumbers() {
    assertThat(WindowCode.quotient(Integer.MAX_VALUE, 7)).isEmpty();
  }
}

package io.mcudeploy.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class VocabularyTest {
  private final Vocabulary portable = Vocabulary.of(List.of("portable"));

  @Test
  void holdsOnlyWordsInUseAndWhatTheyAreMadeOf() {
    String words = portable.definitions("y[0] = clamp8(requantize(acc, m, s), -128, 127);");

    assertThat(words).contains("clamp8(", "requantize(", "multiply_high(", "shift_right(");
    assertThat(words).doesNotContain("dot4(", "isqrt32(", "requantize_any(");
  }

  @Test
  void definesAWordBeforeItsUse() {
    String words = portable.definitions("requantize");

    assertThat(words.indexOf("int32_t multiply_high"))
        .isLessThan(words.indexOf("int32_t requantize"));
  }

  @Test
  void keepsTheCommentsOfWords() {
    assertThat(portable.definitions("isqrt32")).startsWith("/* The largest root");
  }

  @Test
  void includesOnlyWhatTheWordsInUseNeed() {
    Vocabulary helium = Vocabulary.of(List.of("cmsis-nn/mve", "cmsis-nn/dsp", "portable"));

    assertThat(helium.headers("clamp8(1, 2, 3)")).containsExactly("#include <stdint.h>");
    assertThat(helium.headers("store_lanes(y, values, 4)"))
        .containsExactly("#include <arm_mve.h>", "#include <stdint.h>");
  }

  /** A family's macro would otherwise change the kernels of the family behind it in the chain. */
  @Test
  void noMacroIsDefinedByTwoFamiliesOfAChain() {
    List<String> helium = macros("cmsis-nn/mve");

    assertThat(helium)
        .contains("MVE_BLOCK_STEP")
        .doesNotContainAnyElementsOf(macros("cmsis-nn/dsp"));
  }

  private static List<String> macros(String family) {
    return Pattern.compile("^#define (\\w+)", Pattern.MULTILINE)
        .matcher(Templates.read(family + "/core.h"))
        .results()
        .map(definition -> definition.group(1))
        .toList();
  }
}

package io.mcudeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void withoutACommandTellsHowToUseIt() {
    CommandResult result = CommandResult.of();

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("Missing command").contains("explain");
  }

  @Test
  void suggestsTheCommandThatWasMeant() {
    CommandResult result = CommandResult.of("explian", "E0101");

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("explain");
  }

  @Test
  void explainsADiagnostic() {
    CommandResult result = CommandResult.of("explain", "e0501");

    assertThat(result.status()).isZero();
    assertThat(result.out()).startsWith("# E0501: the network needs more RAM");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void anUnknownDiagnosticIsAUsageError() {
    CommandResult result = CommandResult.of("explain", "E0511");

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("There is no diagnostic E0511; did you mean E0501?");
  }

  @Test
  void listsBoardsWithTheirEmulators() {
    CommandResult result = CommandResult.of("boards");

    assertThat(result.status()).isZero();
    assertThat(result.out()).containsPattern("nucleo-h755zi-q +stm32h7 +cortex-m7 .*mps2-an500");
  }

  @Test
  void describesOneBoardInJsonToo() {
    CommandResult text = CommandResult.of("boards", "stm32h7");
    CommandResult json = CommandResult.of("boards", "--json", "stm32h7");

    assertThat(text.out()).contains("not an STM32H7").contains("0x24000000");
    assertThat(json.out()).contains("\"name\" : \"nucleo-h755zi-q\"");
  }

  @Test
  void anUnknownBoardIsADiagnosticWithASuggestion() {
    CommandResult result = CommandResult.of("boards", "stm32h");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("error[E0601]").contains("did you mean `stm32h7`?");
    assertThat(result.out()).isEmpty();
  }
}

package io.mcudeploy.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodeTest {
  private static final Path PAGES = Path.of("../docs/diagnostics");

  @ParameterizedTest
  @EnumSource(Code.class)
  void everyCodeHasAPageWithItsTitle(Code code) throws IOException {
    List<String> page = Files.readAllLines(PAGES.resolve(code + ".md"));

    assertThat(page.get(0)).isEqualTo("# " + code + ": " + code.title());
    assertThat(String.join("\n", page)).contains("Way");
  }

  @Test
  void everyPageHasACode() throws IOException {
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(Code.values()).map(Code::name).toList());
    }
  }

  @Test
  void showsTheLineAndPointsAtTheColumn() {
    Diagnostic diagnostic =
        Diagnostic.of(Code.E0602, new Location.Line("b.yaml", 7, 3, "  ram: x"), "no size")
            .note("a note")
            .help("a way out");

    assertThat(diagnostic)
        .hasToString(
            """
            error[E0602]: no size
              --> b.yaml:7:3
               |
             7 |   ram: x
               |   ^
               = note: a note
               = help: a way out""");
  }

  @Test
  void suggestsOnlyWhatIsNear() {
    assertThat(Suggestion.closest("stm32h", List.of("stm32h7", "rp2040"))).contains("stm32h7");
    assertThat(Suggestion.closest("gapuino", List.of("stm32h7", "rp2040"))).isEmpty();
  }
}

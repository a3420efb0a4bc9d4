package io.mcudeploy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  @TempDir Path folder;

  @Test
  void equalFilesHaveNoChange() throws IOException {
    Path file = profile("a", 4096, 1000, 2000);

    Comparison comparison = Comparison.of(file, file);

    assertThat(comparison.markdown()).isEqualTo("net on board: no figure changed\n");
    assertThat(comparison.regression(1, 0, file)).isEmpty();
  }

  @Test
  void theLargestChangeComesFirst() throws IOException {
    Comparison comparison =
        Comparison.of(profile("a", 4096, 1000, 2000), profile("b", 4096, 1010, 1500));

    assertThat(comparison.layers())
        .containsExactly(
            new Comparison.Change("second", "instructions", 2000, 1500),
            new Comparison.Change("first", "instructions", 1000, 1010));
    assertThat(comparison.totals())
        .containsExactly(new Comparison.Change("", "instructions", 3000, 2510));
  }

  @Test
  void aLayerBeyondTheAllowanceIsNamedThoughAllTogetherGain() throws IOException {
    Path after = profile("b", 4096, 1011, 1500);
    Comparison comparison = Comparison.of(profile("a", 4096, 1000, 2000), after);

    Diagnostic regression = comparison.regression(1, 0, after).orElseThrow();

    assertThat(regression.code()).isEqualTo(Code.E0705);
    assertThat(regression.message()).isEqualTo("layer `first`: 1,011 instructions, before 1,000");
    assertThat(comparison.regression(1.2, 0, after)).isEmpty();
  }

  @Test
  void aByteOfRamIsOneTooMany() throws IOException {
    Path after = profile("b", 4097, 1000, 2000);
    Comparison comparison = Comparison.of(profile("a", 4096, 1000, 2000), after);

    assertThat(comparison.regression(1, 0, after).orElseThrow().message())
        .isEqualTo("the network: 4,097 bytes of arena, before 4,096");
    assertThat(comparison.regression(1, 1, after)).isEmpty();
  }

  @Test
  void aProfileIsComparedWithAReportByWhatBothHave() throws IOException {
    Path report =
        Files.writeString(
            folder.resolve("report.json"),
            """
            {"name": "net", "board": "board", "arenaBytes": 4096,
             "layers": [{"name": "first", "instructions": 900, "scratchBytes": 0},
                        {"name": "gone", "instructions": 50, "scratchBytes": 0}],
             "verified": {"instructions": 950, "stackBytes": 100, "flashBytes": 70}}
            """);

    Comparison comparison = Comparison.of(report, profile("b", 4096, 900, 2000));

    assertThat(comparison.layers())
        .containsExactly(
            new Comparison.Change("second", "instructions", -1, 2000),
            new Comparison.Change("gone", "instructions", 50, -1),
            new Comparison.Change("second", "cycles", -1, 1),
            new Comparison.Change("second", "scratchBytes", -1, 0),
            new Comparison.Change("gone", "scratchBytes", 0, -1));
    assertThat(comparison.totals())
        .containsExactly(new Comparison.Change("", "instructions", 950, 2900));
  }

  @Test
  void anythingElseIsDamaged() throws IOException {
    Path file = Files.writeString(folder.resolve("other.json"), "{\"a\": 1}");

    assertThatThrownBy(() -> Comparison.of(file, file))
        .isInstanceOfSatisfying(
            DiagnosticException.class,
            e -> assertThat(e.diagnostic().code()).isEqualTo(Code.E0402));
  }

  private Path profile(String name, int arena, int first, int second) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".json"),
        """
        {"name": "net", "board": "board", "instructions": %d, "cycles": 5, "arenaBytes": %d,
         "layers": [{"name": "first", "instructions": %d, "cycles": 1, "scratchBytes": 0},
                    {"name": "second", "instructions": %d, "cycles": 1, "scratchBytes": 0}]}
        """
            .formatted(first + second, arena, first, second));
  }
}

package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.toolchain.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same model gives the same files: for other users, in other folders, time zones and languages.
 */
class DeterminismTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {SampleModel.CAPSNET, SampleModel.DSCNN})
  void generatedFilesDependOnNothingButTheModel(String model) throws IOException {
    Path first =
        generate(
            model,
            "first",
            "-Duser.name=adalovelace",
            "-Duser.home=/homes/adalovelace",
            "-Duser.timezone=Asia/Tokyo",
            "-Duser.language=tr",
            "-Duser.country=TR");
    Path second =
        generate(
            model,
            "second",
            "-Duser.name=gracehopper",
            "-Duser.home=/homes/gracehopper",
            "-Duser.timezone=America/New_York",
            "-Duser.language=de",
            "-Dfile.encoding=ISO-8859-1",
            "-XX:+UseSerialGC",
            "-XX:ActiveProcessorCount=1");

    Map<String, String> files = contents(first);
    assertThat(files).containsKeys(model + ".c", model + "_weights.c", "Makefile", "report.json");
    assertThat(contents(second)).isEqualTo(files);
  }

  @ParameterizedTest
  @ValueSource(strings = {SampleModel.CAPSNET, SampleModel.DSCNN})
  void generatedFilesTellNoPathUserOrDate(String model) throws IOException {
    Path project = generate(model, "somewhere", "-Duser.name=adalovelace");

    for (Map.Entry<String, String> file : contents(project).entrySet()) {
      String text =
          new String(HexFormat.of().parseHex(file.getValue()), StandardCharsets.ISO_8859_1);
      assertThat(text)
          .as(file.getKey())
          .doesNotContain(folder.toString(), SampleModel.projectRoot().toString(), "adalovelace")
          .doesNotContainPattern("\\b20\\d\\d-[01]\\d-[0-3]\\d\\b")
          .doesNotContainPattern("\\b[0-2]\\d:[0-5]\\d:[0-5]\\d\\b");
    }
  }

  /** Generates with the command line in a Java machine of its own; the project's folder. */
  private Path generate(String model, String place, String... settings) throws IOException {
    Path work = Files.createDirectories(folder.resolve(place));
    Path copy = Files.copy(SampleModel.named(model).file(), work.resolve(model + ".onnx"));
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of(settings));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.mcudeploy.cli.Main"));
    words.addAll(List.of("build", copy.toString(), "--board", "nucleo-l4r5zi", "--emit-only"));
    words.addAll(List.of("--calibrate", SampleModel.calibrationFile().toString()));
    words.addAll(List.of("--scale", "1/255", "-o", work.resolve("project").toString()));
    Command.Outcome outcome = new Command(words, work, Duration.ofMinutes(5)).run().orElseThrow();
    assertThat(outcome.status()).as(outcome.output()).isZero();
    return work.resolve("project");
  }

  /** Every file's bytes in hexadecimal, by path. */
  private static Map<String, String> contents(Path project) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(project)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        contents.put(
            project.relativize(file).toString(),
            HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}

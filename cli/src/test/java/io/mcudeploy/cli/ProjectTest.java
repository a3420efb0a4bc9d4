package io.mcudeploy.cli;

import static io.mcudeploy.cli.SampleFiles.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects that are built, verified, spoiled and built again. */
class ProjectTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private static void assumeArmTools() {
    Tools tools = Tools.ofThisProcess();
    boolean ci = System.getenv("CI") != null;
    for (Tool tool : new Tool[] {Tool.ARM_GCC, Tool.QEMU_ARM}) {
      assumeTrue(ci || tools.find(tool).isPresent(), tool.title() + " is not installed");
    }
  }

  private CommandResult build(Path project, Object... more) {
    Object[] first = {
      "build", "--board", "mps2-an500", SampleFiles.dscnn(), "--scale", "1/255", "-o", project
    };
    Object[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return CommandResult.of(words(all));
  }

  @Test
  void aProjectIsBuiltVerifiedAndFoundSpoiled() throws IOException {
    assumeArmTools();
    Path project = folder.resolve("new/kws");
    Path images = SampleFiles.images(folder, 20);

    CommandResult built = build(project, "--name", "kws", "--calibrate", images, "--json");

    assertThat(built.status()).as(built.err()).isZero();
    JsonNode report = JSON.readTree(built.out());
    assertThat(report.get("name").asText()).isEqualTo("kws");
    assertThat(report.get("verified").get("inputs").asInt()).isEqualTo(4);
    assertThat(report.get("verified").get("instructions").asLong()).isPositive();
    assertThat(report.get("calibrationSamples").get("samples").asInt()).isEqualTo(20);
    assertThat(report.get("calibrationSamples").get("agreement").asDouble()).isGreaterThan(0.9);
    assertThat(JSON.readTree(project.resolve("report.json").toFile())).isEqualTo(report);
    assertThat(project.resolve("report.md")).content().startsWith("# kws on ");
    assertThat(Files.getPosixFilePermissions(project))
        .as("as of any folder, not of a private one")
        .isEqualTo(Files.getPosixFilePermissions(Files.createDirectory(folder.resolve("other"))))
        .contains(PosixFilePermission.OWNER_READ);

    CommandResult verified = CommandResult.of(words("verify", "--json", project));

    assertThat(verified.status()).as(verified.err()).isZero();
    JsonNode facts = JSON.readTree(verified.out());
    assertThat(facts.get("inputs").asInt()).isEqualTo(4);
    assertThat(facts.get("layers").asInt()).isEqualTo(report.get("layers").size());
    assertThat(facts.get("changedFiles").isEmpty()).isTrue();
    assertThat(facts.get("instructions").asLong())
        .isEqualTo(report.get("verified").get("instructions").asLong());

    spoil(project.resolve("kws_weights.c"));
    CommandResult different = CommandResult.of(words("verify", project));

    assertThat(different.status()).isEqualTo(3);
    assertThat(different.out()).isEmpty();
    assertThat(different.err())
        .contains("error[E0702]")
        .contains("layer 2 `/first/first.0/first.0.0/Conv` is the first that differs")
        .containsPattern("at \\[0, \\d+, \\d+, 0]: -?\\d+ in the firmware, -?\\d+ in the golden")
        .containsPattern("elements differ: (off by one|saturated|garbage)")
        .contains("note: kws_weights.c is no longer what was generated");

    CommandResult again = build(project, "--name", "kws", "--calibrate", images);

    assertThat(again.status()).as(again.err()).isZero();
    assertThat(again.out()).contains("every layer equal to the golden model bit for bit");
    assertThat(SampleFiles.listing(folder.resolve("new")).keySet())
        .as("neither a draft nor the old project is left")
        .allMatch(path -> path.isEmpty() || path.startsWith("kws"));
  }

  /** Changes the first bias by a lot. */
  private static void spoil(Path weights) throws IOException {
    String text = Files.readString(weights);
    Matcher bias = Pattern.compile("_conv_channels\\[64] = \\{\\s+(-?\\d+)").matcher(text);
    assertThat(bias.find()).isTrue();
    String spoiled =
        text.substring(0, bias.start(1))
            + (Integer.parseInt(bias.group(1)) + 5000)
            + text.substring(bias.end(1));
    Files.writeString(weights, spoiled);
  }

  @Test
  void withoutSamplesTheUserIsWarned() {
    Path project = folder.resolve("p");

    CommandResult result = build(project, "--emit-only");

    assertThat(result.status()).isZero();
    assertThat(result.err())
        .contains("warning[W0302]")
        .contains("far below the float model's")
        .contains("--calibrate DATA");
    assertThat(result.out()).doesNotContain("verified");
  }

  @Test
  void theSameBuildTwiceGivesTheSameBytes() throws IOException {
    Path images = SampleFiles.images(folder, 8);
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");

    build(first, "--emit-only", "--calibrate", images);
    build(second, "--emit-only", "--calibrate", images);

    assertThat(SampleFiles.listing(first)).isEqualTo(SampleFiles.listing(second));
    for (String file : SampleFiles.listing(first).keySet()) {
      if (Files.isRegularFile(first.resolve(file))) {
        assertThat(second.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
      }
    }
  }

  @Test
  void leastRamNeedsNoMoreThanLeastTime() throws IOException {
    JsonNode time =
        JSON.readTree(
            build(folder.resolve("time"), "--emit-only", "--json", "--optimize", "time").out());
    JsonNode ram =
        JSON.readTree(
            build(folder.resolve("ram"), "--emit-only", "--json", "--optimize", "ram").out());

    assertThat(ram.get("arenaBytes").asInt()).isPositive();
    assertThat(ram.get("arenaBytes").asInt()).isLessThanOrEqualTo(time.get("arenaBytes").asInt());
    assertThat(ram.has("verified")).isFalse();
  }
}

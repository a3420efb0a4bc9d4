package io.mcudeploy.cli;

import static io.mcudeploy.cli.SampleFiles.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong is named, ends with its exit code, and leaves nothing behind. */
class BadInputTest {
  @TempDir private Path folder;
  private Path parent;

  @BeforeEach
  void somethingIsThereAlready() throws IOException {
    parent = Files.createDirectory(folder.resolve("parent"));
    Files.writeString(parent.resolve("mine.txt"), "mine");
  }

  /** Builds the small network for a board that has room for it; further words come last. */
  private CommandResult build(Path model, Object... more) {
    Object[] first = {"build", "--emit-only", "--board", "mps2-an500", model};
    Object[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return CommandResult.of(words(all));
  }

  private void rejected(CommandResult result, int status, String code) {
    assertThat(result.err()).contains("error[" + code + "]");
    assertThat(result.status()).isEqualTo(status);
    assertThat(result.out()).isEmpty();
    assertThat(SampleFiles.listing(parent)).containsOnlyKeys("", "mine.txt");
  }

  @Test
  void aModelThatIsNotThere() {
    rejected(build(folder.resolve("no.onnx"), "-o", parent.resolve("new/p")), 1, "E0101");
  }

  @Test
  void aFolderInsteadOfAModel() {
    rejected(build(folder, "-o", parent.resolve("p")), 1, "E0101");
  }

  @Test
  void anEmptyModel() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.onnx"));

    rejected(build(empty, "-o", parent.resolve("p")), 1, "E0102");
  }

  @Test
  void aTextInsteadOfAModel() throws IOException {
    Path text = Files.writeString(folder.resolve("text.onnx"), "this is a letter, not a network\n");

    rejected(build(text, "-o", parent.resolve("p")), 1, "E0102");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.9999})
  void aModelCutOff(double share) throws IOException {
    byte[] whole = Files.readAllBytes(SampleFiles.dscnn());
    Path cut =
        Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, (int) (share * whole.length)));

    rejected(build(cut, "-o", parent.resolve("p")), 1, "E0102");
  }

  @Test
  void bitsFlippedAnywhereNeverLookLikeAMistakeOfOurs() throws IOException {
    byte[] whole = Files.readAllBytes(SampleFiles.dscnn());
    Random random = new Random(20);
    int rejections = 0;
    for (int trial = 0; trial < 300; trial++) {
      byte[] damaged = whole.clone();
      // Names, shapes and nodes are at both ends; between them are weights, where a flip is legal.
      int end = Math.min(damaged.length, 4096);
      int place =
          switch (trial % 3) {
            case 0 -> random.nextInt(end);
            case 1 -> damaged.length - 1 - random.nextInt(end);
            default -> random.nextInt(damaged.length);
          };
      damaged[place] ^= (byte) (1 << random.nextInt(8));
      Path model = Files.write(folder.resolve("flipped.onnx"), damaged);

      CommandResult result = CommandResult.of("inspect", model.toString());

      assertThat(result.status()).as("byte %d: %s", place, result.err()).isIn(0, 1);
      rejections += result.status();
    }
    assertThat(rejections).isPositive();
  }

  @Test
  void calibrationSamplesOfAnotherShape() throws IOException {
    byte[] images = Files.readAllBytes(SampleFiles.images(folder, 2));
    images[15] = 14;
    images[7] = 4;
    Path narrow = Files.write(folder.resolve("narrow.idx3"), images);

    CommandResult result =
        build(SampleFiles.dscnn(), "--calibrate", narrow, "-o", parent.resolve("p"));

    rejected(result, 1, "E0301");
    assertThat(result.err()).contains("[28, 14]").contains("[1, 1, 28, 28]");
  }

  @Test
  void calibrationSamplesForAnInputThatIsNotThere() {
    Path images = SampleFiles.images(folder, 2);

    rejected(
        build(
            SampleFiles.dscnn(),
            "--calibrate",
            images,
            "--calibrate",
            images,
            "-o",
            parent.resolve("p")),
        1,
        "E0301");
  }

  @Test
  void fewerLabelsThanSamples() throws IOException {
    Path labels = Files.write(folder.resolve("labels.u8"), new byte[3]);

    CommandResult result =
        CommandResult.of(
            words(
                "eval",
                SampleFiles.dscnn(),
                "--data",
                SampleFiles.images(folder, 5),
                "--labels",
                labels));

    rejected(result, 1, "E0402");
    assertThat(result.err()).contains("3 labels for 5 samples").contains("--first 3");
  }

  @Test
  void aNetworkTooLargeForTheBoard() {
    CommandResult result =
        CommandResult.of(
            words(
                "build",
                "--emit-only",
                "--board",
                "microbit",
                SampleFiles.capsnet(),
                "-o",
                parent.resolve("p")));

    assertThat(result.err()).containsPattern("error\\[E050[12]\\]");
    assertThat(result.err()).contains("--board, with the same core: rp2040 (256 KiB of RAM");
    assertThat(result.status()).isEqualTo(1);
    assertThat(SampleFiles.listing(parent)).containsOnlyKeys("", "mine.txt");
  }

  @Test
  void aPlaceThatTheBoardDoesNotHave() {
    rejected(place("--place", "arena=dctcm"), 1, "E0503");
    rejected(place("--place", "weight=bank1"), 1, "E0503");
    rejected(place("--reserve", "dtcm=1 GiB"), 1, "E0503");
    assertThat(place("--place", "arena=dtc").err()).contains("did you mean `dtcm`?");
  }

  private CommandResult place(String option, String value) {
    return CommandResult.of(
        words(
            "build",
            "--emit-only",
            "--board",
            "stm32h7",
            option,
            value,
            SampleFiles.capsnet(),
            "-o",
            parent.resolve("p")));
  }

  @Test
  void aMissingCompiler() {
    CommandResult result =
        CommandResult.with(
            new Tools(Map.of("PATH", folder.toString())),
            words(
                "build",
                "--board",
                "mps2-an500",
                SampleFiles.dscnn(),
                "-o",
                parent.resolve("a/b/p")));

    rejected(result, 4, "E0603");
    assertThat(result.err())
        .contains("apt-get install gcc-arm-none-eabi")
        .contains("dnf install")
        .contains("brew install");
  }

  @Test
  void aToolThatIsNamedAndDoesNotRun() {
    CommandResult result =
        CommandResult.with(
            new Tools(Map.of("MCU_DEPLOY_ARM_GCC", "/nowhere/gcc", "PATH", "/usr/bin:/bin")),
            words(
                "build", "--board", "mps2-an500", SampleFiles.dscnn(), "-o", parent.resolve("p")));

    rejected(result, 4, "E0603");
    assertThat(result.err()).contains("MCU_DEPLOY_ARM_GCC names `/nowhere/gcc`");
  }

  @Test
  void anOutputFolderThatHoldsSomethingElse() {
    CommandResult result = build(SampleFiles.dscnn(), "-o", parent);

    rejected(result, 1, "E0801");
    assertThat(result.err()).contains("choose another folder with -o");
  }

  @Test
  void aFileInsteadOfAnOutputFolder() {
    rejected(build(SampleFiles.dscnn(), "-o", parent.resolve("mine.txt")), 1, "E0801");
    rejected(build(SampleFiles.dscnn(), "-o", parent.resolve("mine.txt/p")), 1, "E0801");
  }

  @Test
  void aProjectToWhichTheUserAddedAFileIsNotReplaced() throws IOException {
    Path project = parent.resolve("p");
    assertThat(build(SampleFiles.dscnn(), "-o", project).status()).isZero();
    Files.writeString(project.resolve("application.c"), "int main(void) { return 0; }\n");
    Map<String, Long> before = SampleFiles.listing(parent);

    CommandResult result = build(SampleFiles.dscnn(), "-o", project);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("error[E0801]");
    assertThat(SampleFiles.listing(parent)).isEqualTo(before);
  }

  @Test
  void aFullDisk() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no device is always full here");

    CommandResult result =
        CommandResult.of(
            words(
                "run",
                SampleFiles.dscnn(),
                "--on",
                "float",
                "--input",
                SampleFiles.images(folder, 1),
                "-o",
                full));

    rejected(result, 1, "E0801");
    assertThat(Files.isRegularFile(full)).isFalse();
  }

  @Test
  void anUnknownBoard() {
    CommandResult result =
        CommandResult.of(
            words("build", "--board", "stm32h", SampleFiles.dscnn(), "-o", parent.resolve("p")));

    rejected(result, 1, "E0601");
    assertThat(result.err()).contains("did you mean `stm32h7`?");
  }

  @Test
  void anUnknownOption() {
    CommandResult result = build(SampleFiles.dscnn(), "--emitonly");

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("--emitonly").contains("--emit-only");
  }

  @ParameterizedTest
  @ValueSource(strings = {"9x", "a-b", "", "Upper", "a b", "../a"})
  void aPrefixThatIsNoCName(String name) {
    CommandResult result = build(SampleFiles.dscnn(), "--name", name, "-o", parent.resolve("p"));

    rejected(result, 1, "E0802");
    assertThat(result.err()).contains("lower-case letters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}", "null", "[]", "{\"name\": \"x\"}"})
  void aProjectWithoutAManifestThatCanBeRead(String manifest) throws IOException {
    Path project = Files.createDirectory(folder.resolve("project"));
    if (!manifest.isEmpty()) {
      Files.writeString(project.resolve("manifest.json"), manifest, StandardCharsets.UTF_8);
    }

    rejected(CommandResult.of("verify", project.toString()), 1, "E0703");
  }

  @Test
  void numbersThatMakeNoSenseAreUsageErrors() {
    Path model = SampleFiles.dscnn();
    Path images = SampleFiles.images(folder, 1);

    assertThat(CommandResult.of(words("eval", model, "--data", images, "--first", 0)).status())
        .isEqualTo(2);
    assertThat(CommandResult.of(words("eval", model, "--data", images, "--scale", "1/0")).status())
        .isEqualTo(2);
    assertThat(CommandResult.of(words("eval", model, "--data", images, "--std", "0")).status())
        .isEqualTo(2);
  }
}

package io.mcudeploy.cli;

import static io.mcudeploy.cli.SampleFiles.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.Normalization;
import io.mcudeploy.data.NumberFormat;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same inputs on the float model, the golden model and the emulated firmware. */
class RunCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private CommandResult run(Object... more) {
    List<Object> all = new ArrayList<>(List.of("run", SampleFiles.dscnn(), "--scale", "1/255"));
    all.addAll(List.of("--calibrate", SampleFiles.images(folder, 20)));
    all.addAll(List.of(more));
    return CommandResult.of(words(all.toArray()));
  }

  private static List<List<Double>> rows(CommandResult result) throws IOException {
    assertThat(result.status()).as(result.err()).isZero();
    List<List<Double>> rows = new ArrayList<>();
    for (JsonNode row : JSON.readTree(result.out()).elements().next()) {
      List<Double> values = new ArrayList<>();
      row.forEach(value -> values.add(value.asDouble()));
      rows.add(values);
    }
    return rows;
  }

  private static int largest(List<Double> values) {
    return values.indexOf(values.stream().max(Double::compare).orElseThrow());
  }

  @Test
  void floatAndGoldenModelGiveTheSameAnswersForManyInputs() throws IOException {
    Path images = SampleFiles.images(folder, 6);

    List<List<Double>> real = rows(run("--on", "float", "--input", images, "--json"));
    List<List<Double>> golden = rows(run("--input", images, "--json"));

    assertThat(real).hasSize(6).allMatch(row -> row.size() == 10);
    assertThat(golden.stream().map(RunCommandTest::largest))
        .containsExactlyElementsOf(real.stream().map(RunCommandTest::largest).toList());
  }

  @Test
  void theFirmwareGivesEveryTensorOfTheGoldenModelThatItStores() throws IOException {
    Tools tools = Tools.ofThisProcess();
    boolean ci = System.getenv("CI") != null;
    assumeTrue(ci || tools.find(Tool.ARM_GCC).isPresent(), "GCC for Arm is not installed");
    assumeTrue(ci || tools.find(Tool.QEMU_ARM).isPresent(), "QEMU for Arm is not installed");
    Path images = SampleFiles.images(folder, 2);
    Path golden = folder.resolve("golden");
    Path firmware = folder.resolve("firmware");

    CommandResult right = run("--raw", "--input", raw(images), "--layers", golden);
    CommandResult emulated =
        run("--raw", "--on", "mps2-an500", "--input", raw(images), "--layers", firmware);

    assertThat(emulated.status()).as(emulated.err()).isZero();
    assertThat(emulated.out()).isEqualTo(right.out()).isNotEmpty();
    assertThat(SampleFiles.listing(golden)).containsAllEntriesOf(SampleFiles.listing(firmware));
    assertThat(SampleFiles.listing(firmware)).hasSizeGreaterThan(10);
    assertThat(SampleFiles.listing(golden).keySet())
        .filteredOn(file -> !SampleFiles.listing(firmware).containsKey(file))
        .as("the convolution whose output is added at once")
        .containsExactly("005__second_second.1_second.1.2_Clip.npy");
    for (String file : SampleFiles.listing(firmware).keySet()) {
      if (!file.isEmpty()) {
        assertThat(firmware.resolve(file)).hasSameBinaryContentAs(golden.resolve(file));
        assertThat(DataFile.samples(golden.resolve(file), Shape.of(1), Normalization.NONE).size())
            .as("the first axis counts the inputs of %s", file)
            .isEqualTo(2);
      }
    }
  }

  /** The quantized integers of images, as `--raw` takes them: the first layer file of a run. */
  private Path raw(Path images) throws IOException {
    Path layers = folder.resolve("quantized");
    assertThat(run("--input", images, "--layers", layers).status()).isZero();
    DataSet reals =
        DataFile.samples(inputLayer(layers), Shape.of(1, 1, 28, 28), Normalization.NONE);
    byte[] integers = new byte[reals.size() * 784];
    for (int i = 0; i < integers.length; i++) {
      // Pixels between 0 and 1 fill the whole range of 8 bits.
      integers[i] = (byte) (Math.round(reals.numbers().get(i) * 255) - 128);
    }
    return Files.write(
        folder.resolve("raw.npy"),
        DataFile.npy(Shape.of(reals.size(), 1, 28, 28), NumberFormat.INT8, integers));
  }

  private static Path inputLayer(Path layers) {
    return SampleFiles.listing(layers).keySet().stream()
        .filter(name -> name.startsWith("000_"))
        .map(layers::resolve)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void rawIntegersInGiveTheRealValuesOut() throws IOException {
    Path images = SampleFiles.images(folder, 3);

    List<List<Double>> real = rows(run("--input", images, "--json"));
    List<List<Double>> raw = rows(run("--raw", "--input", raw(images), "--json"));

    assertThat(raw.get(0)).allMatch(value -> value == Math.rint(value) && Math.abs(value) <= 128);
    // One scale and zero point lead from the integers to the real values.
    double scale =
        (real.get(0).get(0) - real.get(0).get(1)) / (raw.get(0).get(0) - raw.get(0).get(1));
    double zero = raw.get(0).get(0) - real.get(0).get(0) / scale;
    for (int row = 0; row < 3; row++) {
      for (int i = 0; i < 10; i++) {
        assertThat(scale * (raw.get(row).get(i) - zero))
            .isCloseTo(real.get(row).get(i), within(1e-4));
      }
    }
  }

  @Test
  void outputsAreWrittenAsNpy() throws IOException {
    Path file = folder.resolve("y.npy");

    CommandResult result =
        run("--on", "float", "--input", SampleFiles.images(folder, 4), "-o", file);

    assertThat(result.status()).isZero();
    assertThat(result.out()).isEmpty();
    DataSet written = DataFile.samples(file, Shape.of(1, 10), Normalization.NONE);
    assertThat(written.size()).isEqualTo(4);
    assertThat(written.sampleShape()).isEqualTo(Shape.of(10));
  }

  @Test
  void rawValuesOfTheFloatModelAreAUsageError() {
    CommandResult result = run("--on", "float", "--raw", "--input", SampleFiles.images(folder, 1));

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("--raw goes with the golden model and boards");
  }

  @Test
  void anUnknownPlaceIsAnUnknownBoard() {
    CommandResult result = run("--on", "goldn", "--input", SampleFiles.images(folder, 1));

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("error[E0601]");
  }
}

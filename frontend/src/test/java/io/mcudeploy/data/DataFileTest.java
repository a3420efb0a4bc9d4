package io.mcudeploy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataFileTest {
  @TempDir Path directory;

  /** The resources hold 0..23 minus 5 as [2, 3, 4], some divided, as NumPy 2 wrote them. */
  @ParameterizedTest
  @CsvSource({
    "int16_big_endian.npy, -5, 1",
    "float64_fortran.npy, -1.25, 0.25",
    "uint8_version2.npy, 0, 1",
    "float32_compressed.npz, -0.625, 0.125"
  })
  void readsWhatNumPyWrote(String file, float first, float step) {
    DataSet samples = DataFile.samples(resource(file), Shape.of(1, 3, 4), Normalization.NONE);

    assertThat(samples.size()).isEqualTo(2);
    float[] second = samples.sample(1, Shape.of(1, 3, 4)).values();
    for (int i = 0; i < 12; i++) {
      assertThat(second[i]).isEqualTo(first + (12 + i) * step);
    }
  }

  @Test
  void npyRoundTrip() throws IOException {
    Tensor.Floats tensor = new Tensor.Floats(Shape.of(2, 3), new float[] {1, -2, 3.5f, 0, 5, 6});
    Path file = Files.write(directory.resolve("x.npy"), DataFile.npy(tensor));

    DataSet samples = DataFile.samples(file, Shape.of(1, 3), Normalization.NONE);

    assertThat(samples.sample(0, Shape.of(1, 3)).values()).containsExactly(1, -2, 3.5f);
    assertThat(samples.sample(1, Shape.of(1, 3)).values()).containsExactly(0, 5, 6);
    assertThat(Files.size(file)).isEqualTo(128 + 24);
  }

  @Test
  void oneSampleInTheNetworksOwnShapeIsOneSample() throws IOException {
    Tensor.Floats image = new Tensor.Floats(Shape.of(1, 2, 2, 1), new float[] {1, 2, 3, 4});
    Path batched = Files.write(directory.resolve("a.npy"), DataFile.npy(image));
    Path bare =
        Files.write(directory.resolve("b.npy"), DataFile.npy(image.reshaped(Shape.of(2, 2))));

    for (Path file : List.of(batched, bare)) {
      DataSet samples = DataFile.samples(file, image.shape(), Normalization.NONE);
      assertThat(samples.size()).isEqualTo(1);
      assertThat(samples.sample(0, image.shape())).isEqualTo(image);
    }
  }

  @Test
  void readsGzippedIdxImagesAndNormalizes() throws IOException {
    byte[] idx = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, (byte) 255, 51, 102};
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(idx);
    }
    Path file = Files.write(directory.resolve("images-idx3-ubyte.gz"), packed.toByteArray());
    Normalization normalization = new Normalization(1 / 255.0, 0, List.of(0.5), List.of(0.5));

    DataSet samples = DataFile.samples(file, Shape.of(1, 1, 1, 2), normalization);

    assertThat(samples.sample(0, Shape.of(1, 1, 1, 2)).values()).containsExactly(-1, 1);
    assertThat(samples.sample(1, Shape.of(1, 1, 1, 2)).values()[0]).isEqualTo(-0.6f);
  }

  @Test
  void readsCifarRecordsWithLabelsInEitherLayout() throws IOException {
    byte[] record = new byte[2 * 3073];
    record[3073] = 7;
    record[3073 + 1] = 10; // red of the first pixel
    record[3073 + 1 + 1024] = 20; // green
    record[3073 + 1 + 2048] = 30; // blue
    Path file = Files.write(directory.resolve("test.bin"), record);

    DataSet samples = DataFile.samples(file, Shape.of(1, 32, 32, 3), Normalization.NONE);

    assertThat(samples.size()).isEqualTo(2);
    assertThat(DataFile.labels(file)).containsExactly(0, 7);
    assertThat(samples.sample(1, Shape.of(1, 32, 32, 3)).values()).startsWith(10, 20, 30);
    assertThat(samples.sample(1, Shape.of(1, 3, 32, 32)).values()[1024]).isEqualTo(20);
  }

  @Test
  void meanAndDeviationFollowTheChannels() throws IOException {
    byte[] record = new byte[3073];
    record[1] = 10;
    record[1 + 1024] = 20;
    record[1 + 2048] = 30;
    Path file = Files.write(directory.resolve("test.bin"), record);
    Normalization normalization =
        new Normalization(1, 0, List.of(10.0, 10.0, 10.0), List.of(1.0, 2.0, 4.0));

    float[] image =
        DataFile.samples(file, Shape.of(1, 32, 32, 3), normalization)
            .sample(0, Shape.of(1, 32, 32, 3))
            .values();

    assertThat(image).startsWith(0, 5, 5);
  }

  @Test
  void namesBothShapesWhenSamplesDoNotFit() throws IOException {
    Tensor.Floats tensor = new Tensor.Floats(Shape.of(4, 5), new float[20]);
    Path file = Files.write(directory.resolve("x.npy"), DataFile.npy(tensor));
    DataSet samples = DataFile.samples(file, Shape.of(1, 6), Normalization.NONE);

    assertThatThrownBy(() -> samples.sample(0, Shape.of(1, 6)))
        .isInstanceOfSatisfying(
            DiagnosticException.class,
            e -> {
              assertThat(e.diagnostic().code()).isEqualTo(Code.E0301);
              assertThat(e.diagnostic().message()).contains("[5]").contains("[1, 6]");
            });
  }

  @Test
  void aMissingFileIsADiagnostic() {
    assertThatThrownBy(
            () ->
                DataFile.samples(directory.resolve("absent.npy"), Shape.of(1), Normalization.NONE))
        .isInstanceOfSatisfying(
            DiagnosticException.class,
            e -> assertThat(e.diagnostic().code()).isEqualTo(Code.E0401));
  }

  @ParameterizedTest
  @ValueSource(strings = {"int16_big_endian.npy", "float64_fortran.npy", "float32_compressed.npz"})
  void damagedFilesGiveDiagnosticsOnly(String name) throws IOException {
    byte[] whole = Files.readAllBytes(resource(name));
    Random random = new Random(1);
    int diagnosed = 0;
    for (int round = 0; round < 2000; round++) {
      byte[] damaged =
          java.util.Arrays.copyOf(
              whole, round % 2 == 0 ? whole.length : random.nextInt(whole.length));
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Path file = Files.write(directory.resolve(name), damaged);
      try {
        DataSet samples = DataFile.samples(file, Shape.of(1, 3, 4), Normalization.NONE);
        samples.sample(samples.size() - 1, Shape.of(1, 3, 4));
      } catch (DiagnosticException e) {
        diagnosed++;
      }
    }
    assertThat(diagnosed).isGreaterThan(500);
  }

  private static Path resource(String name) {
    try {
      return Path.of(DataFileTest.class.getResource("/data/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

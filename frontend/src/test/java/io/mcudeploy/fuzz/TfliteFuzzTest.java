package io.mcudeploy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.ModelSummary;
import io.mcudeploy.network.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * .tflite files with changed offsets, lengths, numbers and bits are read or diagnosed. The format
 * is all offsets, so nearly every word that changes leads somewhere else.
 */
class TfliteFuzzTest {
  private static final List<Integer> WORDS =
      List.of(0, 1, -1, 2, 3, 4, 7, 127, 128, 255, 0x8000, 0xffff, 1 << 24, 1 << 30, 1 << 31);

  @TempDir Path folder;

  @Test
  void damagedModelsAreReadOrDiagnosed() {
    fuzz().files(folder, 1, 1_500);
  }

  @Test
  @Tag("long")
  void damagedModelsAreReadOrDiagnosedForTenMinutesInASmallHeap() throws Exception {
    assertThat(FuzzMain.run(TfliteFuzzTest.class, Duration.ofMinutes(10), 1_000_000, folder))
        .isZero();
  }

  /** Files that an earlier reader did not diagnose. */
  @ParameterizedTest
  @ValueSource(strings = {"input-of-any-size", "repeats-overflow"})
  void crashersAreDiagnosed(String name) throws URISyntaxException {
    Path file =
        Path.of(TfliteFuzzTest.class.getResource("/tflite-crashers/" + name + ".tflite").toURI());

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("E0203");
  }

  @Test
  void truncatedModelsAreReadOrDiagnosed() throws IOException {
    byte[] whole = seeds().get(0);
    Fuzz cut =
        new Fuzz(
            "tflite",
            random -> Arrays.copyOf(whole, random.nextInt(whole.length)),
            TfliteFuzzTest::read);
    cut.files(folder, 1, 200);
  }

  static Fuzz fuzz() {
    List<byte[]> seeds = seeds();
    return new Fuzz("tflite", random -> damaged(random, seeds), TfliteFuzzTest::read);
  }

  private static void read(Path file) {
    ModelSummary.of(Network.read(file, ImportOptions.none(), diagnostic -> {}).graph());
  }

  private static byte[] damaged(Random random, List<byte[]> seeds) {
    byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int word = random.nextInt(bytes.length / 4) * 4;
      switch (random.nextInt(5)) {
        case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        case 2 -> buffer.putInt(word, WORDS.get(random.nextInt(WORDS.size())));
        // The same structure from another place: tables that share parts, vectors that overlap.
        case 3 -> buffer.putInt(word, buffer.getInt(word) + 4 * (random.nextInt(33) - 16));
        default -> buffer.putInt(word, buffer.getInt(random.nextInt(bytes.length / 4) * 4));
      }
    }
    // Where the identifier breaks, the file is one for the other reader.
    System.arraycopy(seeds.get(0), 4, bytes, 4, 4);
    return bytes;
  }

  /** The networks of one operator each. */
  private static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    try (Stream<Path> files =
        Files.list(
            Path.of(TfliteFuzzTest.class.getResource("/tflite/vectors.txt").toURI()).getParent())) {
      for (Path file :
          files.filter(path -> path.toString().endsWith(".tflite")).sorted().toList()) {
        seeds.add(Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return seeds;
  }
}

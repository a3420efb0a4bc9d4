package io.mcudeploy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.Normalization;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data files whose headers say something else than they should, plain, in archives and compressed,
 * are read or diagnosed.
 */
class DataFuzzTest {
  private static final Shape WANTED = Shape.of(1, 2, 3);

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private static final List<String> NUMBERS =
      List.of("0", "1", "2", "-1", "3", "65536", "2147483647", "2147483648", "99999999999", "1e3");

  @TempDir Path folder;

  @Test
  void damagedDataFilesAreReadOrDiagnosed() {
    fuzz().files(folder, 1, 1_000);
  }

  @Test
  @Tag("long")
  void damagedDataFilesAreReadOrDiagnosedForTenMinutesInASmallHeap() throws Exception {
    assertThat(FuzzMain.run(DataFuzzTest.class, Duration.ofMinutes(10), 1_000_000, folder))
        .isZero();
  }

  static Fuzz fuzz() {
    return new Fuzz("npz", DataFuzzTest::damaged, DataFuzzTest::read);
  }

  private static void read(Path file) {
    DataSet data = DataFile.samples(file, WANTED, Normalization.NONE);
    for (int i = 0; i < Math.min(2, data.size()); i++) {
      data.sample(i, WANTED);
    }
  }

  private static byte[] damaged(Random random) {
    byte[] array = random.nextInt(6) == 0 ? idx(random) : npy(random);
    byte[] file =
        switch (random.nextInt(4)) {
          case 0 -> compressed(array);
          case 1 -> array;
          default -> archive(array, random);
        };
    for (int flips = random.nextInt(6) - 2; flips > 0; flips--) {
      file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return random.nextInt(5) == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file;
  }

  /** Numbers of the header become others, and the dictionary's values change places. */
  private static byte[] npy(Random random) {
    byte[] file = DataFile.npy(new Tensor.Floats(Shape.of(4, 2, 3), new float[24]));
    String text = new String(file, StandardCharsets.ISO_8859_1);
    if (random.nextBoolean()) {
      text = text.replace("False", random.nextBoolean() ? "True" : "4");
    }
    if (random.nextInt(3) == 0) {
      List<String> types = List.of("<f8", ">i2", "|u1", "|O", "<c16", "<i8", "=b1", "");
      text = text.replace("<f4", types.get(random.nextInt(types.size())));
    }
    Matcher numbers = NUMBER.matcher(text.substring(text.indexOf('(')));
    String shape =
        numbers.replaceAll(
            number ->
                random.nextInt(3) == 0
                    ? NUMBERS.get(random.nextInt(NUMBERS.size()))
                    : number.group());
    text = text.substring(0, text.indexOf('(')) + shape;
    byte[] damaged = text.getBytes(StandardCharsets.ISO_8859_1);
    if (random.nextInt(4) == 0) {
      damaged[6 + random.nextInt(4)] = (byte) random.nextInt();
    }
    return damaged;
  }

  private static byte[] idx(Random random) {
    byte[] file = new byte[16 + 24];
    file[2] = 8;
    file[3] = 3;
    file[7] = 4;
    file[11] = 2;
    file[15] = 3;
    file[2 + random.nextInt(14)] = (byte) random.nextInt();
    return file;
  }

  private static byte[] compressed(byte[] array) {
    return written(
        out -> {
          try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(array);
          }
        });
  }

  private static byte[] archive(byte[] array, Random random) {
    return written(
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setLevel(random.nextInt(10));
            if (random.nextBoolean()) {
              zip.putNextEntry(new ZipEntry("../../other.txt"));
              zip.write(new byte[random.nextInt(100)]);
            }
            zip.putNextEntry(new ZipEntry(random.nextInt(9) == 0 ? ".npy/" : "x.npy"));
            zip.write(array);
          }
        });
  }

  /** Writes to a stream. */
  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  private static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writing.to(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

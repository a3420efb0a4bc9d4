package io.mcudeploy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The sample models of the project and small excerpts of their data. */
final class SampleFiles {
  private static final int IDX_HEADER = 16;
  private static final int PIXELS = 28 * 28;

  private SampleFiles() {}

  static Path capsnet() {
    return models().resolve("capsnet_mnist.onnx");
  }

  static Path dscnn() {
    return models().resolve("dscnn_mnist.onnx");
  }

  static Path testLabels() {
    return models().resolve("mnist_test_labels.idx1.gz");
  }

  static Path testImages() {
    return models().resolve("mnist_test_images.idx3.gz");
  }

  /** The first images of the calibration set as an IDX file. */
  static Path images(Path folder, int count) {
    Path packed = models().resolve("mnist_calibration_images.idx3.gz");
    try (InputStream stream = new GZIPInputStream(Files.newInputStream(packed))) {
      byte[] bytes = stream.readNBytes(IDX_HEADER + count * PIXELS);
      ByteBuffer.wrap(bytes).putInt(4, count);
      return Files.write(folder.resolve("images" + count + ".idx3"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every path below a folder with its size, to tell whether anything was left behind. */
  static Map<String, Long> listing(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      TreeMap<String, Long> paths = new TreeMap<>();
      for (Path path : walk.toList()) {
        paths.put(
            folder.relativize(path).toString(), Files.isDirectory(path) ? -1 : Files.size(path));
      }
      return paths;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The words of a command line, paths among them. */
  static String[] words(Object... words) {
    List<String> all = new ArrayList<>();
    for (Object word : words) {
      all.add(word.toString());
    }
    return all.toArray(String[]::new);
  }

  private static Path models() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("models/capsnet_mnist.onnx"))) {
      folder = folder.getParent();
    }
    return folder.resolve("models");
  }
}

package io.mcudeploy.deploy;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A private temporary folder that is gone when it is closed. */
record Scratchpad(Path folder) implements AutoCloseable {
  static Scratchpad create() {
    try {
      return new Scratchpad(Files.createTempDirectory("mcu-deploy"));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() {
    try {
      delete(folder);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Removes a folder and everything in it. */
  static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }

  private static RuntimeException failure(IOException cause) {
    return Diagnostic.of(
            Code.E0801,
            Location.nowhere(),
            "the temporary folder cannot be used: " + cause.getMessage())
        .help("TMPDIR names another folder")
        .asException();
  }
}

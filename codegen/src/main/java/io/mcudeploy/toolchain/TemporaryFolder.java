package io.mcudeploy.toolchain;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A private temporary folder that is gone when it is closed. */
public record TemporaryFolder(Path path) implements AutoCloseable {
  /**
   * A new one.
   *
   * @throws DiagnosticException E0801 if there is no room or no permission
   */
  public static TemporaryFolder create() {
    try {
      return new TemporaryFolder(Files.createTempDirectory("mcu-deploy"));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() {
    try {
      delete(path);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Removes a folder and everything in it. */
  public static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }

  /** What a failed read or write in a temporary folder means to the user. */
  public static DiagnosticException failure(IOException cause) {
    return Diagnostic.of(
            Code.E0801,
            Location.nowhere(),
            "the temporary folder cannot be used: " + cause.getMessage())
        .help("check that it has room; TMPDIR names another folder")
        .asException();
  }
}

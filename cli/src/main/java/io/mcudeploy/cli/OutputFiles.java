package io.mcudeploy.cli;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;

/** Writes results so that each file appears whole or not at all. */
final class OutputFiles {
  private OutputFiles() {}

  static void write(Path file, byte[] content) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        // A pipe or a device such as /dev/stdout is written to, never replaced.
        Files.write(file, content, StandardOpenOption.WRITE);
        return;
      }
      Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      // Not createTempFile: the result has the permissions of any other file.
      Path partial = target.resolveSibling(".mcu-deploy-" + UUID.randomUUID() + ".part");
      try {
        Files.write(partial, content);
        Files.move(
            partial, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Writes files into a folder; none is replaced before all are written. */
  static void writeDirectory(Path directory, Map<String, byte[]> files) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw Diagnostic.of(
              Code.E0801,
              new Location.File(directory.toString()),
              "the folder cannot be made: " + e.getMessage())
          .asException();
    }
    Path draft = directory.resolve(".mcu-deploy-" + UUID.randomUUID());
    try {
      Files.createDirectory(draft);
      try {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          Files.write(draft.resolve(file.getKey()), file.getValue());
        }
        for (String name : files.keySet()) {
          Files.move(
              draft.resolve(name),
              directory.resolve(name),
              StandardCopyOption.REPLACE_EXISTING,
              StandardCopyOption.ATOMIC_MOVE);
        }
      } finally {
        for (String name : files.keySet()) {
          Files.deleteIfExists(draft.resolve(name));
        }
        Files.delete(draft);
      }
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
  }

  private static DiagnosticException unwritable(Path file, IOException cause) {
    return Diagnostic.of(
            Code.E0801,
            new Location.File(file.toString()),
            "the file cannot be written: " + cause.getMessage())
        .help("check that the folder exists, may be written, and has room")
        .asException();
  }
}

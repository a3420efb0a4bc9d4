package io.mcudeploy.deploy;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.toolchain.TemporaryFolder;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The folder of a generated project. It is filled in the nearest folder that exists already and
 * moved to its place when it is complete, so that it appears whole or not at all.
 */
final class OutputDirectory implements AutoCloseable {
  /** What tells a project of ours from anything else. */
  static final String MANIFEST = "manifest.json";

  private final Path target;
  private final Path draft;

  private OutputDirectory(Path target, Path draft) {
    this.target = target;
    this.draft = draft;
  }

  /**
   * Begins a project.
   *
   * @throws DiagnosticException E0801 if the folder cannot be made or holds something else
   */
  static OutputDirectory create(Path target) {
    Path absolute = target.toAbsolutePath().normalize();
    if (Files.exists(absolute) && !isReplaceable(absolute)) {
      throw Diagnostic.of(
              Code.E0801,
              new Location.File(target.toString()),
              "there is something already that mcu-deploy did not generate")
          .note("a project is replaced only if nothing was added to it")
          .help("choose another folder with -o, or empty this one")
          .asException();
    }
    Path existing = absolute.getParent();
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      // Not createTempDirectory: a published project has the permissions of any other folder.
      Path draft = existing.resolve(".mcu-deploy-" + UUID.randomUUID());
      return new OutputDirectory(absolute, Files.createDirectory(draft));
    } catch (IOException e) {
      throw failure(target, e);
    }
  }

  /** Where the project is until it is complete. */
  Path draft() {
    return draft;
  }

  void write(Map<String, byte[]> files) {
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path = draft.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
    } catch (IOException e) {
      throw failure(target, e);
    }
  }

  /** Puts the project in its place, instead of an older one. */
  void publish() {
    try {
      Files.createDirectories(target.getParent());
      Path old = target.resolveSibling(draft.getFileName() + ".old");
      boolean replaces = Files.exists(target);
      if (replaces) {
        Files.move(target, old);
      }
      try {
        Files.move(draft, target);
      } catch (IOException e) {
        if (replaces) {
          Files.move(old, target);
        }
        throw e;
      }
      if (replaces) {
        TemporaryFolder.delete(old);
      }
    } catch (IOException e) {
      throw failure(target, e);
    }
  }

  /** Removes what was not published. */
  @Override
  public void close() {
    try {
      if (Files.exists(draft)) {
        TemporaryFolder.delete(draft);
      }
    } catch (IOException e) {
      throw failure(draft, e);
    }
  }

  private static boolean isReplaceable(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> content = Files.list(folder)) {
      if (content.findAny().isEmpty()) {
        return true;
      }
    } catch (IOException e) {
      return false;
    }
    try {
      return Manifest.read(folder).accountsFor(folder);
    } catch (DiagnosticException e) {
      return false;
    }
  }

  /** Java says of a forbidden file only its name, which is that of our draft. */
  private static String reason(IOException cause) {
    return cause instanceof AccessDeniedException ? "permission denied" : cause.getMessage();
  }

  private static DiagnosticException failure(Path folder, IOException cause) {
    return Diagnostic.of(
            Code.E0801,
            new Location.File(folder.toString()),
            "the output cannot be written: " + reason(cause))
        .help("check that the folder may be written and that the disk has room")
        .asException();
  }
}

package io.mcudeploy.deploy;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder of a generated project. It is filled beside its place and moved there when it is
 * complete, so that it appears whole or not at all.
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
              "there is something else already, which would be overwritten")
          .help("choose another folder with -o, or empty this one")
          .asException();
    }
    try {
      Files.createDirectories(absolute.getParent());
      Path draft = Files.createTempDirectory(absolute.getParent(), ".mcu-deploy-");
      return new OutputDirectory(absolute, draft);
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
        Scratchpad.delete(old);
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
        Scratchpad.delete(draft);
      }
    } catch (IOException e) {
      throw failure(draft, e);
    }
  }

  private static boolean isReplaceable(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    if (Files.exists(folder.resolve(MANIFEST))) {
      return true;
    }
    try (Stream<Path> content = Files.list(folder)) {
      return content.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private static DiagnosticException failure(Path folder, IOException cause) {
    return Diagnostic.of(
            Code.E0801,
            new Location.File(folder.toString()),
            "the output cannot be written: " + cause.getMessage())
        .help("check that the folder may be written and that the disk has room")
        .asException();
  }
}

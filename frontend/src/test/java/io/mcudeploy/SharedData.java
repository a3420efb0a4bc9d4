package io.mcudeploy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * Networks, data sets and expected results that nobody on the project made. They are kept beside
 * the project, in {@code ../shared/data}; tests that need what is absent are skipped.
 */
public final class SharedData {
  private SharedData() {}

  /** A file or folder of the shared data; skips the test if there is none. */
  public static Path path(String name) {
    return find(name)
        .orElseGet(() -> Assumptions.abort("no shared/data/" + name + " beside the project"));
  }

  /** A file or folder of the shared data, if it is there. */
  public static Optional<Path> find(String name) {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve("shared/data").resolve(name);
      if (Files.exists(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}

package io.mcudeploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Documents in {@code docs/} that tests write and hold to what the program does. */
public final class GeneratedDocument {
  private GeneratedDocument() {}

  /**
   * Fails if a document is not what it should be. With {@code -Ddocuments.record=true} it is
   * written instead.
   */
  public static void check(String name, String wanted) throws IOException {
    Path file = Path.of("..", "docs", name);
    if (Boolean.getBoolean("documents.record")) {
      Files.writeString(file, wanted);
    }
    assertThat(file)
        .as("run the test once with -Ddocuments.record=true to bring docs/%s up to date", name)
        .hasContent(wanted);
  }
}

package io.mcudeploy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ToolVersionTest {
  @Test
  void isTheVersionOfTheBuild() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("pom.xml"))) {
      folder = folder.getParent();
    }
    Matcher version =
        Pattern.compile("<artifactId>mcu-deploy</artifactId>\\s*<version>([^<]+)</version>")
            .matcher(Files.readString(folder.resolve("pom.xml")));

    assertThat(version.find()).isTrue();
    assertThat(ToolVersion.CURRENT).isEqualTo(version.group(1));
  }
}

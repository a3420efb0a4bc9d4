package io.mcudeploy.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.velocity.exception.MethodInvocationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplatesTest {
  private static final Path FOLDER = Path.of("../templates");
  private static final Pattern DECISION =
      Pattern.compile(
          "#(if|else|elseif|set|macro|parse|include|evaluate|define)\\b(?!.*[<\"])|##|#\\*");

  @Test
  void templatesHoldNoDecisionsAndNoArithmetic() throws IOException {
    for (Path template : templates()) {
      for (String line : Files.readAllLines(template)) {
        assertThat(line.startsWith("#define ") || !DECISION.matcher(line).find())
            .as(template + ": " + line)
            .isTrue();
      }
    }
  }

  @Test
  void everyTemplateOfKernelsDefinesItsSignature() throws IOException {
    for (Path template : templates()) {
      if (!template.toString().contains("project")) {
        assertThat(Files.readString(template)).as(template.toString()).contains("${signature}\n{");
      }
    }
  }

  @Test
  void aReferenceToNothingIsAnError(@TempDir Path folder) {
    assertThatThrownBy(() -> new Templates().render("project/weights.h.vm", Map.of("MODEL", "M")))
        .isInstanceOf(MethodInvocationException.class);
  }

  @Test
  void anUnknownTemplateIsNamed() {
    assertThatThrownBy(() -> new Templates().render("portable/nothing.c.vm", Map.of()))
        .hasMessageContaining("portable/nothing.c.vm");
  }

  private static List<Path> templates() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".vm") && !file.toString().contains("/target/"))
          .sorted()
          .toList();
    }
  }
}

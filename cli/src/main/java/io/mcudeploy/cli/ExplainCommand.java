package io.mcudeploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Suggestion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the page of a diagnostic, or why a project's layers got their kernels. */
@Command(
    name = "explain",
    description =
        "Explain a diagnostic such as E0501, or why each layer of a generated project got its"
            + " kernel and what others would have cost.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "CODE|DIR",
      description = "The code in brackets after error or warning, or a project's folder.")
  private String code;

  @Mixin private JsonOption json;

  @Spec private CommandSpec spec;

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Path report = Path.of(code).resolve("report.json");
    if (Files.isRegularFile(report)) {
      explainKernels(new ObjectMapper().readTree(Files.readAllBytes(report)).path("kernels"));
      return 0;
    }
    String wanted = code.toUpperCase(Locale.ROOT);
    String resource = "/diagnostics/" + wanted + ".md";
    boolean known = Arrays.stream(Code.values()).anyMatch(c -> c.name().equals(wanted));
    if (!known) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "There is no diagnostic "
              + code
              + Suggestion.closest(wanted, Arrays.stream(Code.values()).map(Code::name).toList())
                  .map(near -> "; did you mean " + near + "?")
                  .orElse(""));
    }
    try (InputStream stream = Code.class.getResourceAsStream(resource)) {
      String page = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      if (json.wanted()) {
        console.json(Map.of("code", wanted, "title", Code.valueOf(wanted).title(), "page", page));
      } else {
        console.out().print(page);
      }
    }
    return 0;
  }

  private void explainKernels(JsonNode kernels) {
    if (json.wanted()) {
      console.json(kernels);
      return;
    }
    for (JsonNode layer : kernels) {
      console
          .out()
          .printf(
              "%d `%s`: %s%n",
              layer.path("number").asInt(),
              layer.path("layer").asText(),
              layer.path("reason").asText());
      TextTable table =
          new TextTable("kernel", "instructions", "constants", "code", "scratch", "chosen");
      row(table, layer.path("chosen"), "yes");
      layer.path("others").forEach(other -> row(table, other, ""));
      table.print(console.out());
      console.out().println();
    }
    console.out().println("Instructions and code are estimates; the rest are bytes.");
  }

  private static void row(TextTable table, JsonNode option, String chosen) {
    table.row(
        option.path("kernel").asText(),
        option.path("estimatedInstructions").asLong(),
        option.path("constantBytes").asInt(),
        option.path("estimatedCodeBytes").asInt(),
        option.path("scratchBytes").asInt(),
        chosen);
  }
}

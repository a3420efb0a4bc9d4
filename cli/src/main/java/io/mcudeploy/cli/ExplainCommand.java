package io.mcudeploy.cli;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Suggestion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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

/** Prints the page of a diagnostic. */
@Command(
    name = "explain",
    description = "Explain a diagnostic such as E0501.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "CODE", description = "The code in brackets after error or warning.")
  private String code;

  @Mixin private JsonOption json;

  @Spec private CommandSpec spec;

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
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
}

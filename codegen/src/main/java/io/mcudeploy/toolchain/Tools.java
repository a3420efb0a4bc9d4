package io.mcudeploy.toolchain;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds programs: first by their environment variables, then on the path. */
public final class Tools {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Map<String, String> environment;

  /** Finds tools by the variables of an environment, {@code PATH} among them. */
  public Tools(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Finds tools as this process would start them. */
  public static Tools ofThisProcess() {
    return new Tools(System.getenv());
  }

  /** The tool, if it is there and starts. */
  public Optional<InstalledTool> find(Tool tool) {
    String chosen = environment.getOrDefault(tool.variable(), "");
    List<String> names = chosen.isEmpty() ? tool.programs() : List.of(chosen);
    return names.stream()
        .flatMap(name -> locate(name).stream())
        .flatMap(program -> installed(tool, program).stream())
        .findFirst();
  }

  /**
   * The tool.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0603 with what to install
   */
  public InstalledTool require(Tool tool) {
    return find(tool).orElseThrow(() -> missing(tool).asException());
  }

  private Diagnostic missing(Tool tool) {
    String chosen = environment.getOrDefault(tool.variable(), "");
    Diagnostic diagnostic =
        Diagnostic.of(
            Code.E0603,
            Location.nowhere(),
            tool.title() + " (`" + tool.programs().get(0) + "`) is not installed");
    diagnostic =
        chosen.isEmpty()
            ? diagnostic.note(
                "looked on the PATH for "
                    + String.join(", ", tool.programs())
                    + "; "
                    + tool.variable()
                    + " may name another program")
            : diagnostic.note(tool.variable() + " names `" + chosen + "`, which does not run");
    for (String line : tool.installation()) {
      diagnostic = diagnostic.help(line);
    }
    return diagnostic;
  }

  private Optional<Path> locate(String name) {
    if (name.contains(File.separator)) {
      return Optional.of(Path.of(name)).filter(Files::isExecutable);
    }
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path program = Path.of(folder.isEmpty() ? "." : folder, name);
      if (Files.isRegularFile(program) && Files.isExecutable(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  private static Optional<InstalledTool> installed(Tool tool, Path program) {
    Command command = new Command(List.of(program.toString(), "--version"), Path.of("."), PATIENCE);
    return command
        .run()
        .filter(outcome -> outcome.status() == 0)
        .map(
            outcome ->
                new InstalledTool(
                    tool, program, outcome.output().lines().findFirst().orElse("unknown")));
  }
}

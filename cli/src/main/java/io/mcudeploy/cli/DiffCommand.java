package io.mcudeploy.cli;

import io.mcudeploy.deploy.Comparison;
import io.mcudeploy.diagnostics.Diagnostic;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What changed between two measurements. */
@Command(
    name = "diff",
    description = {
      "Compare two profiles or reports: what changed in each layer and in all, the most first.",
      "Ends with 1 if instructions or RAM are worse than allowed."
    },
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(index = "0", paramLabel = "OLD", description = "A profile.json or report.json.")
  private Path before;

  @Parameters(index = "1", paramLabel = "NEW", description = "Another one.")
  private Path after;

  @Option(
      names = "--instructions",
      paramLabel = "PERCENT",
      defaultValue = "1",
      description = "More instructions that are allowed in a layer and in all; 1 by default.")
  private double instructions;

  @Option(
      names = "--ram",
      paramLabel = "BYTES",
      defaultValue = "0",
      description = "More bytes of arena and of stack that are allowed; none by default.")
  private long ram;

  @Mixin private JsonOption json;

  DiffCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Comparison comparison = Comparison.of(before, after);
    if (json.wanted()) {
      console.json(comparison.facts());
    } else {
      console.out().print(comparison.markdown());
    }
    Optional<Diagnostic> regression = comparison.regression(instructions, ram, after);
    regression.ifPresent(console::report);
    return regression.map(diagnostic -> diagnostic.code().exitStatus().code()).orElse(0);
  }
}

package io.mcudeploy.cli;

import io.mcudeploy.deploy.BuildRequest;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What to build a network for. */
final class TargetOptions {
  @Option(
      names = "--board",
      required = true,
      paramLabel = "BOARD",
      description = "A board of `mcu-deploy boards`, or the path of a board description.")
  private String board;

  @Option(
      names = "--name",
      paramLabel = "PREFIX",
      description = "Prefix of files and C names; by default from the model file's name.")
  private Optional<String> name;

  @Mixin private PlanOptions plan;

  /** The prefix of files and C names for a model. */
  String prefix(Path model) {
    return name.orElseGet(() -> BuildRequest.nameOf(model));
  }

  /**
   * What to build.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0601 or E0602 if there is no such board,
   *     E0802 if the prefix is none
   */
  BuildRequest request(Path model, Path output, boolean emitOnly) {
    return plan.request(board, model, prefix(model), output, emitOnly);
  }
}

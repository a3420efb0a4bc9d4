package io.mcudeploy.cli;

import io.mcudeploy.board.Boards;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.plan.Goal;
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

  @Option(
      names = "--optimize",
      defaultValue = "TIME",
      paramLabel = "GOAL",
      description =
          "${COMPLETION-CANDIDATES}: the fewest instructions that fit, speed that is worth its"
              + " flash, least RAM, or least flash.")
  private Goal goal;

  @Mixin private MemoryOptions memory;

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
    return new BuildRequest(
        model,
        memory.reserving(Boards.find(board)),
        goal,
        prefix(model),
        output,
        emitOnly,
        memory.placing());
  }
}

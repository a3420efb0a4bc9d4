package io.mcudeploy.cli;

import io.mcudeploy.board.Boards;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.plan.Goal;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a plan for a board aims at, and where the user wants things to lie. */
final class PlanOptions {
  @Option(
      names = "--optimize",
      defaultValue = "TIME",
      paramLabel = "GOAL",
      description =
          "${COMPLETION-CANDIDATES}: the fewest instructions that fit, speed that is worth its"
              + " flash, least RAM, or least flash.")
  private Goal goal;

  @Mixin private MemoryOptions memory;

  /**
   * What to build.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0601 or E0602 if there is no such board,
   *     E0802 if the prefix is none
   */
  BuildRequest request(String board, Path model, String prefix, Path output, boolean emitOnly) {
    return new BuildRequest(
        model,
        memory.reserving(Boards.find(board)),
        goal,
        prefix,
        output,
        emitOnly,
        memory.placing());
  }
}

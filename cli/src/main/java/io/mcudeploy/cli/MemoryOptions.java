package io.mcudeploy.cli;

import io.mcudeploy.board.Board;
import io.mcudeploy.deploy.Placing;
import io.mcudeploy.deploy.Reserving;
import io.mcudeploy.plan.Ports;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where things lie on the board. */
final class MemoryOptions {
  @Option(
      names = "--place",
      paramLabel = "WHAT=REGION",
      description =
          "Put a tensor, the arena, the weights or LAYER-weights into a memory of the board; may be"
              + " repeated.")
  private final Map<String, String> places = new LinkedHashMap<>();

  @Option(
      names = "--reserve",
      paramLabel = "REGION=BYTES",
      description =
          "Keep bytes at the end of a memory for the application, such as sram=16KiB; may be"
              + " repeated.")
  private final Map<String, String> reserves = new LinkedHashMap<>();

  @Option(
      names = "--ports",
      defaultValue = "CALLER",
      paramLabel = "WHERE",
      description =
          "${COMPLETION-CANDIDATES}: whether the caller passes inputs and outputs, or they lie in"
              + " the arena.")
  private Ports ports;

  Placing placing() {
    return new Placing(places, ports);
  }

  /** The board without what the application keeps. */
  Board reserving(Board board) {
    return Reserving.of(board, reserves);
  }
}

package io.mcudeploy.qemu;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import java.util.List;

/** A board for every core, each with a twin that has memory for whole networks. */
final class Targets {
  private static final List<String> BOARDS =
      List.of(
          "rp2040",
          "mps2-an385",
          "mps2-an386",
          "mps2-an500",
          "mps2-an505",
          "mps3-an547",
          "esp32-c3",
          "qemu-riscv32");

  private Targets() {}

  /** One board a core; with {@code -Dcore=cortex-m4} only that core's. */
  static List<Board> chosen() {
    String core = System.getProperty("core", "");
    List<Board> boards =
        all().stream().filter(board -> core.isEmpty() || board.core().name().equals(core)).toList();
    if (boards.isEmpty()) {
      throw new IllegalArgumentException("-Dcore=" + core + " names no core");
    }
    return boards;
  }

  /** One board a core, whatever was chosen. */
  static List<Board> all() {
    return BOARDS.stream().map(Boards::find).toList();
  }

  /** How to repeat a failure on one core. */
  static String command(Class<?> test, Board board) {
    return "mvn -pl qemu-tests -am test -Dtest=%s -Dcore=%s -Dsurefire.failIfNoSpecifiedTests=false"
        .formatted(test.getSimpleName(), board.core().name());
  }
}

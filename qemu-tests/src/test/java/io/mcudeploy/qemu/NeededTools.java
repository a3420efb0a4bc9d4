package io.mcudeploy.qemu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.toolchain.Command;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Tools that a test needs. Where they are missing the test is skipped, except in continuous
 * integration ({@code CI} is set), where it then fails.
 */
final class NeededTools {
  private NeededTools() {}

  /** Compiler and emulator of an architecture. */
  static void assumeFor(Architecture architecture) {
    Tools tools = Tools.ofThisProcess();
    for (Tool tool : List.of(Tool.compiler(architecture), Tool.emulator(architecture))) {
      assumeTrue(inCi() || tools.find(tool).isPresent(), tool.title() + " is not installed");
    }
  }

  /** A program that tells its version. */
  static void assume(String program) {
    Command command =
        new Command(List.of(program, "--version"), Path.of("."), Duration.ofSeconds(20));
    assumeTrue(inCi() || command.run().isPresent(), program + " is not installed");
  }

  private static boolean inCi() {
    return System.getenv("CI") != null;
  }
}

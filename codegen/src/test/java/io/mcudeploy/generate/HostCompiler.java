package io.mcudeploy.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The host's GCC as strict as we know: every warning an error, both sanitizers on. */
final class HostCompiler {
  private static final List<String> COMMAND =
      List.of(
          "gcc",
          "-std=c99",
          "-O1",
          "-Wall",
          "-Wextra",
          "-Wpedantic",
          "-Wconversion",
          "-Wshadow",
          "-Wundef",
          "-Wstrict-prototypes",
          "-Wmissing-prototypes",
          "-Werror",
          "-fsanitize=address,undefined",
          "-fno-sanitize-recover=all");

  private HostCompiler() {}

  /** Skips the test where there is no GCC, except in continuous integration. */
  static void require() {
    boolean found;
    try {
      found = new ProcessBuilder("gcc", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      found = false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Assumptions.assumeTrue(found || System.getenv("CI") != null, "no gcc on this machine");
  }

  /** Compiles C files of a folder, links them and runs the program; its output. */
  static String compileAndRun(Path folder, List<String> options, List<String> sources) {
    List<String> command = new ArrayList<>(COMMAND);
    command.addAll(options);
    command.add("-o");
    command.add("program");
    command.addAll(sources);
    run(folder, command);
    return run(folder, List.of(folder.resolve("program").toAbsolutePath().toString()));
  }

  private static String run(Path folder, List<String> command) {
    try {
      Path output = folder.resolve("output.txt");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      int status = process.waitFor();
      String text = Files.readString(output, StandardCharsets.UTF_8);
      if (status != 0) {
        throw new AssertionError(String.join(" ", command) + " in " + folder + "\n" + text);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

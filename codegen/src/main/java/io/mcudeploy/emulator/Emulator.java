package io.mcudeploy.emulator;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.board.Core;
import io.mcudeploy.board.Machine;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.toolchain.Command;
import io.mcudeploy.toolchain.ElfFile;
import io.mcudeploy.toolchain.InstalledTool;
import io.mcudeploy.toolchain.TemporaryFolder;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs images on one of QEMU's machines.
 *
 * @param qemu the emulator for the machine's architecture
 * @param patience after which a run is ended
 */
public record Emulator(Machine machine, InstalledTool qemu, Duration patience) {
  /** What a program may take by default; whole networks take seconds. */
  public static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int QUOTED_LINES = 15;

  /**
   * The emulator of a machine.
   *
   * @throws DiagnosticException E0603 if it is not installed
   */
  public static Emulator of(Machine machine, Architecture architecture, Tools tools) {
    return new Emulator(machine, tools.require(Tool.emulator(architecture)), PATIENCE);
  }

  /**
   * The words after the emulator's own name that run an image, here and in the generated project's
   * build files. The program's text comes to standard output, its files are in the working
   * directory, and every instruction takes the same virtual time, so that it can count them.
   */
  public static List<String> arguments(Machine machine, String image) {
    List<String> words = new ArrayList<>(List.of("-M", machine.name()));
    words.addAll(machine.options());
    words.addAll(List.of("-nographic", "-monitor", "none", "-serial", "none"));
    words.addAll(List.of("-icount", "shift=" + machine.counter().icountShift()));
    words.addAll(List.of("-chardev", "stdio,id=text"));
    words.addAll(List.of("-semihosting-config", "enable=on,target=native,chardev=text"));
    words.addAll(List.of("-kernel", image));
    return List.copyOf(words);
  }

  /**
   * Runs a model's test program.
   *
   * @param image the linked test program
   * @param inputs memory images of the network's inputs, one record after the other
   * @param expected the golden model's outputs
   * @throws DiagnosticException E0701 if the program faults, hangs, or breaks memory discipline
   */
  public RunResult run(
      Path image, ModelUnderTest model, List<byte[]> inputs, ExpectedOutputs expected) {
    return run(image, model, inputs, expected, List.of());
  }

  private RunResult run(
      Path image,
      ModelUnderTest model,
      List<byte[]> inputs,
      ExpectedOutputs expected,
      List<String> more) {
    try (TemporaryFolder temporary = TemporaryFolder.create()) {
      Path folder = temporary.path();
      Files.write(folder.resolve("inputs.bin"), joined(inputs));
      Files.write(folder.resolve("expected.bin"), expected.checksums());
      String text = run(image, folder, more);
      byte[] tensors = Files.readAllBytes(folder.resolve("tensors.bin"));
      return RunResult.parse(model, inputs.size(), text, tensors);
    } catch (IOException e) {
      throw TemporaryFolder.failure(e);
    }
  }

  /**
   * Runs a model's test program under the plugin that counts.
   *
   * @param core whose instructions the image has
   * @param tools where the host's compiler is looked for
   * @throws DiagnosticException as {@link #run(Path, ModelUnderTest, List, ExpectedOutputs)}, and
   *     E0603 if there is no compiler for the plugin
   */
  public CountedRun count(
      Path image,
      Core core,
      ModelUnderTest model,
      List<byte[]> inputs,
      ExpectedOutputs expected,
      Tools tools) {
    try (TemporaryFolder temporary = TemporaryFolder.create()) {
      CountingPlugin plugin = CountingPlugin.compile(temporary.path(), qemu, tools);
      Path out = temporary.path().resolve("counts.txt");
      List<String> words = plugin.arguments(core, ElfFile.read(image), model, inputs.size(), out);
      List<Integer> calls = model.layers().stream().map(layer -> layer.calls().size()).toList();
      return CountingPlugin.parse(run(image, model, inputs, expected, words), calls, out);
    } catch (IOException e) {
      throw TemporaryFolder.failure(e);
    }
  }

  /**
   * Runs any test image, with its files in a folder.
   *
   * @return what it printed, a verdict at the end
   * @throws DiagnosticException E0701 if it does not come to a verdict
   */
  public String run(Path image, Path folder) {
    return run(image, folder, List.of());
  }

  String run(Path image, Path folder, List<String> more) {
    List<String> words = new ArrayList<>(List.of(qemu.program().toString()));
    words.addAll(arguments(machine, image.toAbsolutePath().toString()));
    words.addAll(more);
    Command.Outcome outcome =
        new Command(words, folder, patience)
            .run()
            .orElseThrow(
                () -> new IllegalStateException(words.get(0) + " does not start any more"));
    String verdict = outcome.status() == 0 ? "PASS" : "FAIL";
    if (outcome.timedOut() || !outcome.output().endsWith("\n" + verdict + "\n")) {
      throw failure(outcome, words);
    }
    return outcome.output();
  }

  private DiagnosticException failure(Command.Outcome outcome, List<String> words) {
    String message =
        outcome.timedOut()
            ? "the program did not end on `%s` within %d s"
                .formatted(machine.name(), patience.toSeconds())
            : "the program ended on `%s` with status %d"
                .formatted(machine.name(), outcome.status());
    Diagnostic diagnostic = Diagnostic.of(Code.E0701, Location.nowhere(), message);
    List<String> lines = outcome.output().lines().toList();
    for (String line : lines.subList(Math.max(0, lines.size() - QUOTED_LINES), lines.size())) {
      diagnostic = diagnostic.note(line);
    }
    return diagnostic
        .note("the command was: " + String.join(" ", words))
        .note("the emulator is: " + qemu.version())
        .help("`mcu-deploy verify DIR` runs the generated project again")
        .asException();
  }

  private static byte[] joined(List<byte[]> parts) {
    byte[] all = new byte[parts.stream().mapToInt(part -> part.length).sum()];
    int position = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, position, part.length);
      position += part.length;
    }
    return all;
  }
}

package io.mcudeploy.cli;

import io.mcudeploy.deploy.Verification;
import io.mcudeploy.toolchain.Tools;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compiles and runs a generated project again. */
@Command(
    name = "verify",
    description = "Compile and run a generated project again and compare it with the golden model.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private final Console console;
  private final Tools tools;

  @Parameters(paramLabel = "DIR", description = "A folder that `mcu-deploy build` wrote.")
  private Path project;

  @Option(
      names = "--board",
      paramLabel = "FILE",
      description = "The board's description, where it is your own.")
  private Optional<String> board;

  @Mixin private JsonOption json;

  VerifyCommand(Console console, Tools tools) {
    this.console = console;
    this.tools = tools;
  }

  @Override
  public Integer call() {
    Verification verification = Verification.of(project, board, tools);
    verification
        .changedFiles()
        .forEach(file -> console.say("note: " + file + " is no longer what was generated"));
    if (json.wanted()) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("name", verification.name());
      facts.put("board", verification.board());
      facts.put("emulatedMachine", verification.machine());
      facts.put("inputs", verification.inputs());
      facts.put("layers", verification.layers());
      verification.instructions().ifPresent(count -> facts.put("instructions", count));
      facts.put("stackBytes", verification.stackBytes());
      facts.put("changedFiles", verification.changedFiles());
      console.json(facts);
      return 0;
    }
    console
        .out()
        .printf(
            Locale.ROOT,
            "%s: %d inputs, all %d layers equal to the golden model on %s%n",
            verification.name(),
            verification.inputs(),
            verification.layers(),
            verification.machine());
    verification
        .instructions()
        .ifPresent(
            count ->
                console
                    .out()
                    .printf(
                        Locale.ROOT,
                        "%,d instructions an inference, %,d bytes of stack%n",
                        count,
                        verification.stackBytes()));
    return 0;
  }
}

package io.mcudeploy.cli;

import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Profile;
import io.mcudeploy.deploy.Profiling;
import io.mcudeploy.network.Network;
import io.mcudeploy.network.QuantizedNetwork;
import io.mcudeploy.toolchain.Tools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a network costs, layer by layer. */
@Command(
    name = "profile",
    description = {
      "Measure a network on a board: instructions of each layer, an estimate of cycles, flash by"
          + " function, RAM and stack.",
      "Writes profile.json and profile.md, which `mcu-deploy diff` compares."
    },
    mixinStandardHelpOptions = true)
final class ProfileCommand implements Callable<Integer> {
  private final Console console;
  private final Tools tools;

  @Mixin private ModelOptions model;

  @Mixin private TargetOptions target;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "The folder of the two files; by default PREFIX-profile.")
  private Optional<Path> output;

  @Mixin private QuantizationOptions quantization;

  @Mixin private JsonOption json;

  ProfileCommand(Console console, Tools tools) {
    this.console = console;
    this.tools = tools;
  }

  @Override
  public Integer call() {
    Path folder = output.orElseGet(() -> Path.of(target.prefix(model.file()) + "-profile"));
    BuildRequest request = target.request(model.file(), folder, false);
    Network network = Network.read(model.file(), model.importOptions(), console);
    console.say("imported " + model.file() + ": " + network.graph().nodes().size() + " operators");
    QuantizedNetwork quantized = quantization.quantize(network, console);
    Profile profile =
        new Profiling(request, tools, console::say)
            .profile(network.graph(), quantized.integers(), quantization.samples(network.graph()));
    OutputFiles.writeDirectory(
        folder,
        Map.of(
            "profile.json", Console.text(profile.facts()).getBytes(StandardCharsets.UTF_8),
            "profile.md", profile.markdown().getBytes(StandardCharsets.UTF_8)));
    if (json.wanted()) {
      console.json(profile.facts());
    } else {
      console.out().print(profile.markdown());
    }
    console.say("wrote " + folder);
    return 0;
  }
}

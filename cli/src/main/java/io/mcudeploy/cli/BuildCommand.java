package io.mcudeploy.cli;

import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Deployment;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.network.Network;
import io.mcudeploy.network.QuantizedNetwork;
import io.mcudeploy.toolchain.Tools;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The main job. */
@Command(
    name = "build",
    description = "Turn a network into a C project for a board, verified under QEMU.",
    mixinStandardHelpOptions = true)
final class BuildCommand implements Callable<Integer> {
  private final Console console;
  private final Tools tools;

  @Mixin private ModelOptions model;

  @Mixin private TargetOptions target;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "The project's folder; by default the prefix, in the current folder.")
  private Optional<Path> output;

  @Option(names = "--emit-only", description = "Generate; do not compile, run and compare.")
  private boolean emitOnly;

  @Mixin private QuantizationOptions quantization;

  @Mixin private JsonOption json;

  BuildCommand(Console console, Tools tools) {
    this.console = console;
    this.tools = tools;
  }

  @Override
  public Integer call() {
    Path folder = output.orElseGet(() -> Path.of(target.prefix(model.file())));
    BuildRequest request = target.request(model.file(), folder, emitOnly);
    Network network = Network.read(model.file(), model.importOptions(), console);
    console.say("imported " + model.file() + ": " + network.graph().nodes().size() + " operators");
    network
        .recognition()
        .layers()
        .forEach(layer -> console.say("recognised " + layer.description()));
    QuantizedNetwork quantized = quantization.quantize(network, console);
    Report report =
        new Deployment(request, tools, console::say)
            .build(
                network.graph(),
                quantized.integers(),
                quantization.samples(network.graph()),
                quantized.trials());
    if (json.wanted()) {
      console.json(report.facts());
    } else {
      console.out().print(report.markdown());
    }
    console.say("wrote " + request.output());
    return 0;
  }
}

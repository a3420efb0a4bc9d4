package io.mcudeploy.cli;

import io.mcudeploy.capsules.Recognition;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Inspection;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.ir.ModelSummary;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantization.Rejections;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a network is made of. */
@Command(
    name = "inspect",
    description =
        "Show a network's operators, shapes, parameters and cost, what was recognised, and every"
            + " node that cannot be computed in integers; with --board also what would be built:"
            + " kernels and why, memory, and what helps where it does not fit.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ModelOptions model;

  @Option(
      names = "--board",
      paramLabel = "BOARD",
      description =
          "Plan for this board of `mcu-deploy boards`, or of this board description; nothing is"
              + " generated or compiled.")
  private Optional<String> board;

  @Mixin private PlanOptions plan;

  @Mixin private QuantizationOptions quantization;

  @Mixin private JsonOption json;

  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Network network = Network.read(model.file(), model.importOptions(), console);
    ModelSummary summary = ModelSummary.of(network.graph());
    List<Diagnostic> rejections = Rejections.of(network.graph());
    Optional<Inspection> inspection =
        rejections.isEmpty() ? board.map(name -> planned(network, name)) : Optional.empty();
    if (json.wanted()) {
      Map<String, Object> facts = facts(summary, network.recognition());
      facts.put("rejected", rejections.stream().map(InspectCommand::facts).toList());
      inspection.ifPresent(planned -> facts.put("plan", planned.facts()));
      console.json(facts);
    } else {
      print(summary, network.recognition());
      rejections.forEach(
          rejection ->
              console
                  .out()
                  .printf(
                      "not in integers %s: %s: %s%n",
                      rejection.code(), rejection.location(), rejection.message()));
      inspection.ifPresent(planned -> console.out().print("\n" + planned.markdown()));
    }
    return 0;
  }

  private Inspection planned(Network network, String name) {
    String prefix = BuildRequest.nameOf(model.file());
    BuildRequest request = plan.request(name, model.file(), prefix, Path.of(prefix), true);
    return Inspection.of(request, quantization.quantize(network, console).integers());
  }

  private void print(ModelSummary summary, Recognition recognition) {
    summary
        .inputs()
        .forEach(value -> console.out().println("input " + value.name() + ": " + value.type()));
    summary
        .outputs()
        .forEach(value -> console.out().println("output " + value.name() + ": " + value.type()));
    console.out().println();
    TextTable table = new TextTable("node", "operator", "output", "parameters", "MAC");
    for (ModelSummary.Layer layer : summary.layers()) {
      table.row(
          layer.name(),
          layer.kind(),
          layer.outputs().get(0).shape(),
          layer.parameters(),
          layer.macs());
    }
    table.print(console.out());
    console
        .out()
        .printf(Locale.ROOT, "%n%,d parameters, %,d MAC%n", summary.parameters(), summary.macs());
    recognition
        .layers()
        .forEach(
            layer ->
                console.out().println("recognised `" + layer.node() + "`: " + layer.description()));
    recognition
        .misses()
        .forEach(
            miss ->
                console.out().println("not recognised `" + miss.node() + "`: " + miss.reason()));
  }

  private static Map<String, Object> facts(ModelSummary summary, Recognition recognition) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", summary.name());
    facts.put("inputs", types(summary.inputs()));
    facts.put("outputs", types(summary.outputs()));
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (ModelSummary.Layer layer : summary.layers()) {
      Map<String, Object> node = new LinkedHashMap<>();
      node.put("name", layer.name());
      node.put("operator", layer.kind());
      node.put("output", layer.outputs().get(0).shape().toString());
      node.put("parameters", layer.parameters());
      node.put("macs", layer.macs());
      nodes.add(node);
    }
    facts.put("nodes", nodes);
    facts.put("operators", summary.operators());
    facts.put("parameters", summary.parameters());
    facts.put("macs", summary.macs());
    facts.put("recognised", recognition.layers());
    facts.put("notRecognised", recognition.misses());
    return facts;
  }

  private static Map<String, String> facts(Diagnostic rejection) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("code", rejection.code().name());
    facts.put("at", rejection.location().toString());
    facts.put("reason", rejection.message());
    return facts;
  }

  private static Map<String, String> types(List<ModelSummary.Value> values) {
    Map<String, String> types = new LinkedHashMap<>();
    values.forEach(value -> types.put(value.name(), value.type().toString()));
    return types;
  }
}

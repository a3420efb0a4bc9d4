package io.mcudeploy.cli;

import io.mcudeploy.capsules.Recognition;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.ir.ModelSummary;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantization.Rejections;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What a network is made of. */
@Command(
    name = "inspect",
    description =
        "Show a network's operators, shapes, parameters and cost, what was recognised, and every"
            + " node that cannot be computed in integers.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ModelOptions model;

  @Mixin private JsonOption json;

  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Network network = Network.read(model.file(), model.importOptions(), console);
    ModelSummary summary = ModelSummary.of(network.graph());
    List<Diagnostic> rejections = Rejections.of(network.graph());
    if (json.wanted()) {
      Map<String, Object> facts = facts(summary, network.recognition());
      facts.put("rejected", rejections.stream().map(InspectCommand::facts).toList());
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
    }
    return 0;
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

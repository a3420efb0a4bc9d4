package io.mcudeploy.cli;

import io.mcudeploy.capsules.Recognition;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.network.Network;
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
        "Show a network's operators, shapes, parameters and cost, and what was recognised.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ModelOptions model;

  @Mixin private JsonOption json;

  InspectCommand(Console console) {
    this.console = console;
  }

  /** A node in figures. */
  private record Row(String name, String operator, String output, long parameters, long macs) {}

  @Override
  public Integer call() {
    Network network = Network.read(model.file(), model.importOptions(), console);
    List<Row> rows = new ArrayList<>();
    for (Node node : network.graph().nodes()) {
      rows.add(row(network.graph(), node));
    }
    if (json.wanted()) {
      console.json(facts(network, rows));
    } else {
      print(network, rows);
    }
    return 0;
  }

  private static Row row(Graph graph, Node node) {
    long parameters = 0;
    for (String input : node.inputs()) {
      Tensor constant = graph.constants().get(input);
      parameters += constant == null ? 0 : constant.shape().elements();
    }
    List<TensorType> types = node.inputs().stream().map(graph::type).toList();
    return new Row(
        node.name(),
        node.operator().kind(),
        graph.type(node.outputs().get(0)).shape().toString(),
        parameters,
        node.operator().macs(types));
  }

  private void print(Network network, List<Row> rows) {
    network
        .graph()
        .inputs()
        .forEach((name, type) -> console.out().println("input " + name + ": " + type));
    for (String output : network.graph().outputs()) {
      console.out().println("output " + output + ": " + network.graph().type(output));
    }
    console.out().println();
    TextTable table = new TextTable("node", "operator", "output", "parameters", "MAC");
    rows.forEach(r -> table.row(r.name(), r.operator(), r.output(), r.parameters(), r.macs()));
    table.print(console.out());
    console
        .out()
        .printf(
            Locale.ROOT,
            "%n%,d parameters, %,d MAC%n",
            rows.stream().mapToLong(Row::parameters).sum(),
            rows.stream().mapToLong(Row::macs).sum());
    Recognition recognition = network.recognition();
    for (Recognition.Layer layer : recognition.layers()) {
      console.out().println("recognised `" + layer.node() + "`: " + layer.description());
    }
  }

  private static Map<String, Object> facts(Network network, List<Row> rows) {
    Map<String, Object> facts = new LinkedHashMap<>();
    Map<String, String> inputs = new LinkedHashMap<>();
    network.graph().inputs().forEach((name, type) -> inputs.put(name, type.toString()));
    facts.put("inputs", inputs);
    Map<String, String> outputs = new LinkedHashMap<>();
    network
        .graph()
        .outputs()
        .forEach(name -> outputs.put(name, network.graph().type(name).toString()));
    facts.put("outputs", outputs);
    facts.put("nodes", rows);
    facts.put("parameters", rows.stream().mapToLong(Row::parameters).sum());
    facts.put("macs", rows.stream().mapToLong(Row::macs).sum());
    facts.put("recognised", network.recognition().layers());
    facts.put("notRecognised", network.recognition().misses());
    return facts;
  }
}

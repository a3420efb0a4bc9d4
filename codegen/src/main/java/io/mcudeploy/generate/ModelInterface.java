package io.mcudeploy.generate;

import io.mcudeploy.diagnostics.Numbers;
import io.mcudeploy.plan.MemoryPlan;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Ports;
import io.mcudeploy.plan.Views;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a caller of the network sees: its inputs and outputs, the memory it needs, its functions.
 */
final class ModelInterface {
  /** An input or output of the network as the C interface shows it. */
  record Port(String parameter, String macro, QuantizedTensor tensor) {
    String declaration() {
      return tensor.storage().cName() + " " + parameter + "[" + macro + "_SIZE]";
    }
  }

  /**
   * A part of the arena as the C interface shows it.
   *
   * @param parameter its pointer
   * @param type of the pointer's target
   * @param local the pointer to its bytes within functions
   */
  record Part(String parameter, String type, String local, MemoryPlan.Part memory) {
    String declaration() {
      return type + " *" + parameter;
    }
  }

  private final String model;
  private final Plan plan;
  private final QuantizedGraph graph;
  private final List<Part> parts;
  private final List<Port> inputs;
  private final List<Port> outputs;

  /**
   * @param model prefix of every name, a C identifier in lower case
   */
  ModelInterface(String model, Plan plan) {
    this.model = model;
    this.plan = plan;
    this.graph = plan.schedule().graph();
    this.parts = memoryParts();
    Set<String> reserved = new LinkedHashSet<>();
    parts.forEach(part -> reserved.addAll(List.of(part.parameter(), part.local())));
    CNames names = new CNames(reserved);
    this.inputs = ports(graph.inputs(), "input", names);
    this.outputs = ports(graph.outputs(), "output", names);
  }

  String model() {
    return model;
  }

  /** The prefix of macros. */
  String upper() {
    return model.toUpperCase(Locale.ROOT);
  }

  List<Part> parts() {
    return parts;
  }

  List<Port> inputs() {
    return inputs;
  }

  List<Port> outputs() {
    return outputs;
  }

  /**
   * What the public header says.
   *
   * @param constantBytes of flash
   */
  Map<String, Object> values(int constantBytes) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("overview", overview(constantBytes));
    values.put("layers", plan.schedule().steps().size());
    values.put("arenaBytes", Math.max(1, parts.get(0).memory().bytes()));
    values.put("parts", parts.stream().skip(1).map(this::partValues).toList());
    values.put(
        "memories",
        parts.size() == 1
            ? "the only RAM the network needs"
            : "with those below the only RAM the network needs");
    List<Port> ports = new ArrayList<>(inputs);
    ports.addAll(outputs);
    values.put("ports", ports.stream().map(this::portValues).toList());
    values.put("outputs", passed(outputs).stream().map(this::portValues).toList());
    values.put("inputs", passed(inputs).stream().map(this::portValues).toList());
    values.put(
        "accessors", portsInArena() ? ports.stream().map(this::accessor).toList() : List.of());
    values.put(
        "apart",
        portsInArena()
            ? "Layers may write over the inputs: write all of them before every call."
            : "The arena, the inputs and the outputs must not overlap.");
    values.put("besides", portsInArena() ? "" : ", besides its inputs and outputs");
    values.put("arenaPadding", " ".repeat(widest() - "arena".length()));
    values.put("arenaContent", arenaContent());
    values.put("resets", resets());
    values.put("resetCall", model + "_reset(" + arenas("&") + ")");
    values.put(
        "scratchOnly",
        graph.states().isEmpty()
            ? List.of(
                portsInArena()
                    ? "The memory of one inference: its inputs, its outputs and scratch."
                    : "Scratch memory of one inference.")
            : List.of());
    values.put("stateBytes", Numbers.grouped(stateBytes()));
    values.put("callArguments", String.join(", ", callArguments()));
    values.put("runDeclaration", runDeclaration());
    values.put("selftestDeclaration", selftestDeclaration());
    return values;
  }

  private List<Port> ports(List<String> tensors, String alone, CNames names) {
    List<Port> ports = new ArrayList<>();
    for (String tensor : tensors) {
      String parameter = names.of(tensors.size() == 1 ? alone : tensor);
      String macro = upper() + "_" + parameter.toUpperCase(Locale.ROOT);
      ports.add(new Port(parameter, macro, graph.tensor(tensor)));
    }
    return ports;
  }

  private List<String> callArguments() {
    List<String> arguments = new ArrayList<>();
    parts.forEach(part -> arguments.add("&" + part.parameter()));
    passed(inputs).forEach(input -> arguments.add(input.parameter()));
    passed(outputs).forEach(output -> arguments.add(output.parameter()));
    return arguments;
  }

  private List<Part> memoryParts() {
    List<Part> list = new ArrayList<>();
    for (MemoryPlan.Part memory : plan.memory().parts()) {
      String end = list.isEmpty() ? "" : "_" + regionName(memory.region());
      list.add(new Part("arena" + end, model + "_arena" + end, "ram" + end, memory));
    }
    return list;
  }

  /** A memory's name as the end of C names. */
  static String regionName(String region) {
    return region.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
  }

  private Map<String, Object> partValues(Part part) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("parameter", part.parameter());
    values.put("padded", part.parameter() + " ".repeat(widest() - part.parameter().length()));
    values.put("type", part.type());
    values.put("macro", part.type().toUpperCase(Locale.ROOT));
    values.put("region", part.memory().region());
    values.put("bytes", part.memory().bytes());
    return values;
  }

  /** The arguments for the arena's parts. */
  String arenas(String operator) {
    return parts.stream()
        .map(part -> operator + part.parameter())
        .collect(Collectors.joining(", "));
  }

  List<String> arenaParameters() {
    return parts.stream().map(Part::declaration).toList();
  }

  boolean portsInArena() {
    return plan.schedule().ports() == Ports.ARENA;
  }

  /** Those of the ports that are parameters. */
  List<Port> passed(List<Port> ports) {
    return portsInArena() ? List.of() : ports;
  }

  /** The function that tells where in the arena a port lies. */
  private Map<String, Object> accessor(Port port) {
    String name = port.tensor().name();
    Part part = part(name);
    StorageType storage = port.tensor().storage();
    String cast = storage == StorageType.INT8 ? "" : "(" + storage.cName() + " *)(void *)";
    Map<String, Object> values = portValues(port);
    values.put("function", model + "_" + port.parameter());
    values.put("arena", part.declaration());
    values.put(
        "place", cast + "&" + part.parameter() + "->bytes[" + plan.memory().offset(name) + "]");
    values.put("role", inputs.contains(port) ? "to write before a call" : "to read after a call");
    return values;
  }

  private Map<String, Object> portValues(Port port) {
    QuantizedTensor tensor = port.tensor();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("parameter", port.parameter());
    values.put("padded", port.parameter() + " ".repeat(widest() - port.parameter().length()));
    values.put("macro", port.macro());
    values.put("declaration", port.declaration());
    values.put("type", tensor.storage().cName());
    values.put("elements", tensor.shape().elements());
    values.put("shape", tensor.shape());
    values.put("zeroPoint", tensor.quantization().zeroPoint());
    values.put("scale", CText.floatLiteral(tensor.quantization().scale()));
    values.put("meaning", meaning(port));
    return values;
  }

  /** The lines that say what a port's integers stand for; they end the comment. */
  private static List<String> meaning(Port port) {
    Quantization quantization = port.tensor().quantization();
    if (quantization.scale() == 1 && quantization.zeroPoint() == 0) {
      return List.of("integers that stand for themselves; truth values are 0 and 1 */");
    }
    String scale = port.macro() + "_SCALE";
    String zeroPoint = port.macro() + "_ZERO_POINT";
    return List.of(
        "real = " + scale + " * (integer - " + zeroPoint + ")",
        "integer = round(real / " + scale + ") + " + zeroPoint + ", saturated */");
  }

  /** Characters of the longest parameter, for columns of comments. */
  private int widest() {
    int widest = parts.stream().mapToInt(part -> part.parameter().length()).max().orElse(0);
    for (Port port : inputs) {
      widest = Math.max(widest, port.parameter().length());
    }
    for (Port port : outputs) {
      widest = Math.max(widest, port.parameter().length());
    }
    return widest;
  }

  private String overview(int constantBytes) {
    int layers = plan.schedule().steps().size();
    return model
        + ": "
        + layers
        + (layers == 1 ? " layer, " : " layers, ")
        + Numbers.grouped(graph.macs())
        + " MAC an inference; "
        + Numbers.grouped(constantBytes)
        + " bytes of constants in flash, "
        + Numbers.grouped(plan.arenaBytes())
        + " bytes of arena.";
  }

  private String arenaContent() {
    int bytes = stateBytes();
    if (portsInArena()) {
      return "holds the inputs before the call, the outputs after it"
          + (bytes == 0 ? "" : ", and the network's state, " + Numbers.grouped(bytes) + " bytes");
    }
    return bytes == 0
        ? "its content before the call does not matter"
        : "holds the network's state, "
            + Numbers.grouped(bytes)
            + " bytes; the rest does not matter";
  }

  private int stateBytes() {
    return graph.states().keySet().stream().mapToInt(s -> graph.tensor(s).bytes()).sum();
  }

  /** The declaration of the function that resets the states; none without states. */
  List<String> resets() {
    return graph.states().isEmpty()
        ? List.of()
        : List.of(CText.list("void " + model + "_reset", arenaParameters()));
  }

  String runDeclaration() {
    List<String> parameters = new ArrayList<>(arenaParameters());
    passed(inputs).forEach(input -> parameters.add("const " + input.declaration()));
    passed(outputs).forEach(output -> parameters.add(output.declaration()));
    return CText.list("void " + model + "_run", parameters);
  }

  String selftestDeclaration() {
    List<String> parameters = new ArrayList<>(arenaParameters());
    passed(outputs).forEach(output -> parameters.add(output.declaration()));
    return CText.list("int32_t " + model + "_selftest", parameters);
  }

  Part part(String place) {
    return parts.get(plan.memory().part(place));
  }

  /** Parameters for inputs that no layer reads: compilers warn of parameters without use. */
  List<String> unusedInputs() {
    Views views = Views.of(plan.schedule());
    return passed(inputs).stream()
        .filter(
            port ->
                plan.schedule().steps().stream()
                    .filter(step -> !step.kernel().isView())
                    .flatMap(step -> step.layer().inputs().stream())
                    .noneMatch(input -> views.root(input).whole().equals(port.tensor().name())))
        .map(Port::parameter)
        .toList();
  }
}

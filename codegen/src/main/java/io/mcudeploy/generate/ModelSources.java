package io.mcudeploy.generate;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.plan.Chain;
import io.mcudeploy.plan.Lifetimes;
import io.mcudeploy.plan.MemoryPlan;
import io.mcudeploy.plan.Placement;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Ports;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.Rows;
import io.mcudeploy.quantized.StorageType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The C sources of one model: {@code <model>.h}, the only public header, {@code <model>.c} with one
 * call per layer, the constants, the kernels, and the words the kernels are written in.
 */
public final class ModelSources {
  /** An input or output of the network as the C interface shows it. */
  private record Port(String parameter, String macro, QuantizedTensor tensor) {
    String declaration() {
      return tensor.storage().cName() + " " + parameter + "[" + macro + "_SIZE]";
    }
  }

  /**
   * A constant array in flash.
   *
   * @param place the macro that puts it into its memory; empty for the board's first choice
   */
  private record Constant(String name, String comment, ConstantArray array, String place) {}

  /**
   * A part of the arena as the C interface shows it.
   *
   * @param parameter its pointer
   * @param type of the pointer's target
   * @param local the pointer to its bytes within functions
   */
  private record Part(String parameter, String type, String local, MemoryPlan.Part memory) {
    String declaration() {
      return type + " *" + parameter;
    }
  }

  /** Characters before a statement of a loop. */
  private static final int IN_LOOP = 8;

  private final Provenance provenance;
  private final String model;
  private final Plan plan;
  private final QuantizedGraph graph;
  private final SelfTest selfTest;
  private final Vocabulary vocabulary;
  private final Templates templates = new Templates();
  private final Functions functions = new Functions();
  private final List<Part> parts;
  private final List<Port> inputs;
  private final List<Port> outputs;
  private final Map<String, String> places = new LinkedHashMap<>();
  private final List<Constant> constants = new ArrayList<>();
  private final Map<ConstantArray, String> constantNames = new LinkedHashMap<>();
  private final Map<String, String> constantTensors = new LinkedHashMap<>();
  private final long id;

  /**
   * @param model prefix of every name, a C identifier in lower case
   * @param chain the core's families of kernels, the most special first
   */
  public ModelSources(Provenance provenance, String model, Plan plan, List<String> chain) {
    this.provenance = provenance;
    this.model = model;
    this.plan = plan;
    this.graph = plan.schedule().graph();
    this.selfTest = SelfTest.of(graph);
    this.vocabulary = Vocabulary.of(chain);
    this.parts = parts();
    Set<String> reserved = new LinkedHashSet<>();
    parts.forEach(part -> reserved.addAll(List.of(part.parameter(), part.local())));
    CNames ports = new CNames(reserved);
    this.inputs = ports(graph.inputs(), "input", ports);
    this.outputs = ports(graph.outputs(), "output", ports);
    namePlaces();
    nameConstants();
    this.id = id();
    for (Step step : plan.schedule().steps()) {
      functions.add(
          step,
          step.layer().inputs().stream().map(graph::tensor).toList(),
          step.layer().outputs().stream().map(graph::tensor).toList());
    }
  }

  /** The files, their paths without folders. */
  public List<SourceFile> files() {
    String kernels = kernels();
    return List.of(
        file(".h", header()),
        file(".c", body()),
        file("_weights.h", weightsHeader()),
        file("_weights.c", weights()),
        file("_kernels.h", kernelsHeader()),
        file("_kernels.c", kernels),
        file("_core.h", core(kernels)));
  }

  /** Bytes of constants in flash, without the self-test's. */
  public int constantBytes() {
    return constants.stream().mapToInt(constant -> constant.array().bytes()).sum();
  }

  private SourceFile file(String suffix, String text) {
    return new SourceFile(model + suffix, CLayout.of(text));
  }

  private String upper() {
    return model.toUpperCase(Locale.ROOT);
  }

  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("banner", CText.plain(provenance.banner()));
    values.put("model", model);
    values.put("MODEL", upper());
    values.put("id", String.format(Locale.ROOT, "0x%08xu", id));
    return values;
  }

  /** A number that differs where anything about the model, its plan or its constants does. */
  private long id() {
    StringBuilder text = new StringBuilder(provenance.banner()).append(plan);
    for (Constant constant : constants) {
      text.append(constant.name()).append(Arrays.toString(constant.array().values().toArray()));
    }
    return CText.crc32(List.of(text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  // The interface.

  private List<Port> ports(List<String> tensors, String alone, CNames names) {
    List<Port> ports = new ArrayList<>();
    for (String tensor : tensors) {
      String parameter = names.of(tensors.size() == 1 ? alone : tensor);
      String macro = upper() + "_" + parameter.toUpperCase(Locale.ROOT);
      ports.add(new Port(parameter, macro, graph.tensor(tensor)));
    }
    return ports;
  }

  private String header() {
    Map<String, Object> values = values();
    values.put("overview", overview());
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
    values.put("stateBytes", CText.grouped(stateBytes()));
    values.put("callArguments", String.join(", ", callArguments()));
    values.put("runDeclaration", runDeclaration());
    values.put("selftestDeclaration", selftestDeclaration());
    return templates.render("project/model.h.vm", values);
  }

  private List<String> callArguments() {
    List<String> arguments = new ArrayList<>();
    parts.forEach(part -> arguments.add("&" + part.parameter()));
    passed(inputs).forEach(input -> arguments.add(input.parameter()));
    passed(outputs).forEach(output -> arguments.add(output.parameter()));
    return arguments;
  }

  private List<Part> parts() {
    List<Part> list = new ArrayList<>();
    for (MemoryPlan.Part memory : plan.memory().parts()) {
      String end = list.isEmpty() ? "" : "_" + regionName(memory.region());
      list.add(new Part("arena" + end, model + "_arena" + end, "ram" + end, memory));
    }
    return list;
  }

  /** A memory's name as the end of C names. */
  private static String regionName(String region) {
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
  private String arenas(String operator) {
    return parts.stream()
        .map(part -> operator + part.parameter())
        .collect(Collectors.joining(", "));
  }

  private List<String> arenaParameters() {
    return parts.stream().map(Part::declaration).toList();
  }

  private boolean portsInArena() {
    return plan.schedule().ports() == Ports.ARENA;
  }

  /** Those of the ports that are parameters. */
  private List<Port> passed(List<Port> ports) {
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

  private String overview() {
    int layers = plan.schedule().steps().size();
    return model
        + ": "
        + layers
        + (layers == 1 ? " layer, " : " layers, ")
        + CText.grouped(graph.macs())
        + " MAC an inference; "
        + CText.grouped(constantBytes())
        + " bytes of constants in flash, "
        + CText.grouped(plan.arenaBytes())
        + " bytes of arena.";
  }

  private String arenaContent() {
    int bytes = stateBytes();
    if (portsInArena()) {
      return "holds the inputs before the call, the outputs after it"
          + (bytes == 0 ? "" : ", and the network's state, " + CText.grouped(bytes) + " bytes");
    }
    return bytes == 0
        ? "its content before the call does not matter"
        : "holds the network's state, " + CText.grouped(bytes) + " bytes; the rest does not matter";
  }

  private int stateBytes() {
    return graph.states().keySet().stream().mapToInt(s -> graph.tensor(s).bytes()).sum();
  }

  /** The states one by one, for the function that sets them to zero. */
  private List<Map<String, Object>> stateValues() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (String state : graph.states().keySet()) {
      QuantizedTensor tensor = graph.tensor(state);
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("name", CText.plain(state));
      values.put("type", tensor.storage().cName());
      values.put("place", at(state));
      values.put("elements", tensor.shape().elements());
      values.put("bytes", tensor.bytes());
      values.put("zero", tensor.quantization().zeroPoint());
      list.add(values);
    }
    return list;
  }

  /** The declaration of the function that resets the states; none without states. */
  private List<String> resets() {
    return graph.states().isEmpty()
        ? List.of()
        : List.of(CText.list("void " + model + "_reset", arenaParameters()));
  }

  private String runDeclaration() {
    List<String> parameters = new ArrayList<>(arenaParameters());
    passed(inputs).forEach(input -> parameters.add("const " + input.declaration()));
    passed(outputs).forEach(output -> parameters.add(output.declaration()));
    return CText.list("void " + model + "_run", parameters);
  }

  private String selftestDeclaration() {
    List<String> parameters = new ArrayList<>(arenaParameters());
    passed(outputs).forEach(output -> parameters.add(output.declaration()));
    return CText.list("int32_t " + model + "_selftest", parameters);
  }

  // The sequence of layers.

  /** Enumerators for the places in the arena, named after tensors and layers. */
  private void namePlaces() {
    CNames names = new CNames(Set.of());
    for (Placement placement : plan.memory().placements()) {
      for (String name : placement.buffer().names()) {
        places.put(name, "AT_" + names.of(name).toUpperCase(Locale.ROOT));
      }
    }
    for (Step step : plan.schedule().steps()) {
      places.computeIfPresent(
          Lifetimes.scratchName(step),
          (name, place) ->
              "AT_" + names.of(step.layer().name() + " scratch").toUpperCase(Locale.ROOT));
    }
  }

  private String body() {
    Map<String, Object> values = values();
    values.put("places", placesText());
    values.put("ramDeclarations", ramDeclarations(places.keySet()));
    values.put("resetDeclarations", ramDeclarations(graph.states().keySet()));
    values.put("resetCall", model + "_reset(" + arenas("") + ")");
    values.put("states", stateValues());
    values.put("resets", resets());
    values.put("unusedInputs", unusedInputs());
    values.put("runDeclaration", runDeclaration());
    values.put("selftestDeclaration", selftestDeclaration());
    List<Map<String, Object>> parts = new ArrayList<>();
    for (Step step : plan.schedule().steps()) {
      Optional<Chain> chain = plan.schedule().chain(step.number());
      if (chain.isEmpty()) {
        parts.add(layer(step));
      } else if (chain.get().first() == step.number()) {
        parts.add(rows(chain.get()));
      }
    }
    values.put("parts", parts);
    return templates.render("project/model.c.vm", values);
  }

  /** A layer that runs as a whole. */
  private Map<String, Object> layer(Step step) {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("layer", step.number());
    call.put("comment", List.of());
    call.put("moves", List.of());
    call.put("call", call(step, 0, inputs(step, false), outputs(step)));
    call.put("selftestCall", call(step, 0, inputs(step, true), outputs(step)));
    call.put("sums", List.of());
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("comment", layerComment(step));
    part.put("sums", List.of());
    part.put(
        "loops", List.of(Map.of("open", List.of(), "calls", List.of(call), "close", List.of())));
    part.put("checks", List.of(check(step, crcExpression(step))));
    return part;
  }

  private static Map<String, Object> check(Step step, String crc) {
    return Map.of("crc", crc, "index", step.number() - 1, "layer", step.number());
  }

  /** Layers that run row by row. */
  private Map<String, Object> rows(Chain chain) {
    List<Step> steps = plan.schedule().steps().subList(chain.first() - 1, chain.last());
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("comment", chainComment(chain));
    part.put("sums", steps.stream().map(step -> "uint32_t " + sum(step) + " = 0u;").toList());
    part.put("loops", chain.loops().stream().map(this::loop).toList());
    part.put("checks", steps.stream().map(step -> check(step, sum(step))).toList());
    return part;
  }

  private Map<String, Object> loop(Chain.Loop loop) {
    List<String> open =
        loop.turns() == 1
            ? List.of("")
            : List.of("", "for (int32_t turn = 0; turn < " + loop.turns() + "; turn++)", "{");
    return Map.of(
        "open",
        open,
        "calls",
        loop.bands().stream().map(band -> band(band, loop.turns() > 1)).toList(),
        "close",
        loop.turns() == 1 ? List.of() : List.of("}"));
  }

  private Map<String, Object> band(Chain.Band band, boolean loops) {
    Step step = plan.schedule().steps().get(band.number() - 1);
    List<String> from = band.inputs().stream().map(slice -> at(slice, false)).toList();
    List<String> known = band.inputs().stream().map(slice -> at(slice, true)).toList();
    String to = at(band.output(), false);
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("layer", step.number());
    call.put("comment", List.of(bandComment(band, loops)));
    call.put("moves", moves(band));
    call.put("call", call(step, band.kernel(), from, List.of(to)));
    call.put("selftestCall", call(step, band.kernel(), known, List.of(to)));
    call.put(
        "sums",
        List.of(
            sum(step) + " = crc32(" + sum(step) + ", " + to + ", " + band.output().bytes() + ");"));
    return call;
  }

  private static String sum(Step step) {
    return "crc_" + step.number();
  }

  /** The line that brings the rows still needed to the start of a line buffer. */
  private List<String> moves(Chain.Band band) {
    if (band.movedBytes() == 0) {
      return List.of();
    }
    String to = at(band.output().tensor(), false);
    int dropped = band.dropped() * band.output().rowBytes();
    String from = to.substring(0, to.length() - 1) + " + " + dropped + "]";
    List<String> arguments = List.of(to, from, Integer.toString(band.movedBytes()));
    return List.of(CText.list("__builtin_memmove", arguments, IN_LOOP) + ";");
  }

  /** Pointers to the parts that hold these places; compilers warn of parameters without use. */
  private List<String> ramDeclarations(Set<String> used) {
    List<String> declarations = new ArrayList<>();
    for (Part part : parts) {
      boolean needed = used.stream().anyMatch(place -> part(place).equals(part));
      declarations.add(
          needed
              ? "int8_t *const " + part.local() + " = " + part.parameter() + "->bytes;"
              : "(void)" + part.parameter() + ";");
    }
    return declarations;
  }

  private Part part(String place) {
    return parts.get(plan.memory().part(place));
  }

  /** Parameters for inputs that no layer reads: compilers warn of parameters without use. */
  private List<String> unusedInputs() {
    return passed(inputs).stream()
        .filter(
            port ->
                graph.layers().stream()
                    .noneMatch(layer -> layer.inputs().contains(port.tensor().name())))
        .map(Port::parameter)
        .toList();
  }

  private String placesText() {
    if (places.isEmpty()) {
      return "";
    }
    MemoryPlan memory = plan.memory();
    StringBuilder text = new StringBuilder();
    text.append("/* Places in the arena, bytes from its start. Peak ");
    text.append(CText.grouped(memory.bytes())).append(" at layer ").append(memory.peakLayer());
    text.append("; these buffers need at least ").append(CText.grouped(memory.lowerBound()));
    text.append(". */\nenum {\n");
    List<String> lines = new ArrayList<>();
    for (Placement placement : memory.placements()) {
      for (String name : placement.buffer().names()) {
        lines.add(
            places.get(name)
                + " = "
                + plan.memory().offset(name)
                + "%s /* "
                + content(name, placement)
                + (parts.size() > 1 ? " in " + part(name).memory().region() : "")
                + (isState(name)
                    ? ", kept from call to call"
                    : ", in use in layers "
                        + placement.buffer().first()
                        + ".."
                        + placement.buffer().last())
                + " */\n");
      }
    }
    for (int i = 0; i < lines.size(); i++) {
      text.append(lines.get(i).replace("%s", i + 1 < lines.size() ? "," : ""));
    }
    return text.append("};").toString();
  }

  private boolean isState(String name) {
    return graph.states().containsKey(name) || graph.states().containsValue(name);
  }

  private String content(String name, Placement placement) {
    if (!graph.tensors().containsKey(name)) {
      return placement.buffer().bytes() + " bytes";
    }
    QuantizedTensor tensor = graph.tensor(name);
    String rows =
        plan.schedule()
            .line(name)
            .map(line -> line.rows() + " of " + line.height() + " rows of ")
            .orElse("");
    return rows + tensor.shape() + " " + tensor.storage().name().toLowerCase(Locale.ROOT);
  }

  private String layerComment(Step step) {
    return CText.wrapped(layerText(step));
  }

  private static String layerText(Step step) {
    long macs = step.layer().operator().macs();
    KernelCode kernel = step.kernel();
    return step.number()
        + ". "
        + step.layer().name()
        + ": "
        + step.layer().operator().kind().replace('_', ' ')
        + " "
        + step.layer().operator().summary()
        + (macs > 0 ? "; " + CText.grouped(macs) + " MAC" : "")
        + "; "
        + kernel.family()
        + (kernel.note().isEmpty() ? "" : ", " + kernel.note());
  }

  /** What a chain is, and each of its layers. */
  private String chainComment(Chain chain) {
    List<String> lines = new ArrayList<>();
    String last = plan.schedule().steps().get(chain.last() - 1).layer().name();
    lines.add(
        CText.wrapped(
            "Layers %d to %d row by row, %s of %s a turn; of the tensors between them only the"
                    .formatted(
                        chain.first(),
                        chain.last(),
                        chain.rows() == 1 ? "one row" : chain.rows() + " rows",
                        last)
                + " rows that are still to be read are in memory."));
    for (Step step : plan.schedule().steps().subList(chain.first() - 1, chain.last())) {
      String lineBuffer =
          chain
              .line(step.layer().outputs().get(0))
              .map(line -> "; %d of %d rows in memory".formatted(line.rows(), line.height()))
              .orElse("");
      lines.add(CText.wrapped(layerText(step) + lineBuffer));
    }
    return String.join("\n* ", lines);
  }

  /** Which rows a call computes. */
  private static String bandComment(Chain.Band band, boolean loops) {
    Rows rows = band.output().rows();
    String text =
        "Layer "
            + band.number()
            + ", "
            + (rows.count() == 1
                ? "row " + rows.first()
                : "rows " + rows.first() + ".." + (rows.end() - 1));
    return loops ? text + " + " + (rows.count() == 1 ? "" : rows.count() + " * ") + "turn" : text;
  }

  private List<String> inputs(Step step, boolean known) {
    return step.layer().inputs().stream().map(input -> at(input, known)).toList();
  }

  private List<String> outputs(Step step) {
    return step.layer().outputs().stream().map(output -> at(output, false)).toList();
  }

  private String call(Step step, int kernel, List<String> from, List<String> to) {
    KernelCode code = step.kernels().get(kernel);
    List<String> arguments = new ArrayList<>(from);
    code.constants().forEach(constant -> arguments.add(constantNames.get(constant)));
    code.scratch().ifPresent(s -> arguments.add(at(Lifetimes.scratchName(step), s)));
    arguments.addAll(to);
    String head = model + "_" + functions.of(step, kernel).name();
    boolean rowByRow = plan.schedule().chain(step.number()).isPresent();
    return CText.list(head, arguments, rowByRow ? IN_LOOP : 0) + ";";
  }

  /** The C expression for rows of a tensor. */
  private String at(Chain.Slice slice, boolean known) {
    String base = at(slice.tensor(), known);
    boolean inArena = base.endsWith("]");
    int unit = inArena ? 1 : graph.tensor(slice.tensor()).storage().bytes();
    int step = slice.step() * slice.rowBytes() / unit;
    String offset =
        (slice.place() == 0 ? "" : " + " + slice.offset(0) / unit)
            + (step == 0 ? "" : " + turn * " + step);
    return inArena ? base.substring(0, base.length() - 1) + offset + "]" : base + offset;
  }

  /**
   * The C expression for a tensor's memory.
   *
   * @param known whether inputs are the self-test's
   */
  private String at(String tensor, boolean known) {
    int port = graph.inputs().indexOf(tensor);
    return known && port >= 0 ? model + "_selftest_" + inputs.get(port).parameter() : at(tensor);
  }

  /** The C expression for a tensor's memory. */
  private String at(String tensor) {
    if (!portsInArena() && graph.outputs().contains(tensor)) {
      return outputs.get(graph.outputs().indexOf(tensor)).parameter();
    }
    if (!portsInArena() && graph.inputs().contains(tensor)) {
      return inputs.get(graph.inputs().indexOf(tensor)).parameter();
    }
    if (graph.constants().containsKey(tensor)) {
      return constantTensors.get(tensor);
    }
    StorageType storage = graph.tensor(tensor).storage();
    String cast = storage == StorageType.INT8 ? "" : "(" + storage.cName() + " *)(void *)";
    return cast + address(tensor);
  }

  private String address(String place) {
    return "&" + part(place).local() + "[" + places.get(place) + "]";
  }

  private String at(String place, Scratch scratch) {
    String cast = scratch.type() == CType.INT8 ? "" : "(" + scratch.type().cName() + " *)(void *)";
    return cast + address(place);
  }

  /** An expression for the CRC of all outputs of a step. */
  private String crcExpression(Step step) {
    String expression = "0u";
    for (String output : step.layer().outputs()) {
      expression =
          "crc32(" + expression + ", " + at(output) + ", " + graph.tensor(output).bytes() + ")";
    }
    return expression;
  }

  // The constants.

  private void nameConstants() {
    CNames names = new CNames(Set.of("selftest_crc"));
    inputs.forEach(input -> names.of("selftest " + input.parameter()));
    graph
        .constants()
        .forEach(
            (name, data) -> {
              String identifier = model + "_" + names.of(name);
              constantTensors.put(name, identifier);
              constants.add(
                  new Constant(
                      identifier, name, constantTensor(name, data), weightPlace(Plan.keyOf(name))));
            });
    for (Step step : plan.schedule().steps()) {
      // Bands of one layer may read different arrays of one name.
      Set<String> ofStep = new LinkedHashSet<>();
      for (KernelCode kernel : step.kernels()) {
        for (ConstantArray array : kernel.constants()) {
          if (!constantNames.containsKey(array)) {
            String plain = step.layer().name() + " " + array.name();
            String distinct = plain;
            for (int i = 2; !ofStep.add(distinct); i++) {
              distinct = plain + " " + i;
            }
            String name = model + "_" + names.of(distinct);
            constantNames.put(array, name);
            constants.add(
                new Constant(
                    name,
                    step.layer().name() + ": " + array.comment(),
                    array,
                    weightPlace(step.layer().name())));
          }
        }
      }
    }
  }

  private String weightPlace(String key) {
    String region = plan.weightRegions().get(key);
    return region == null ? "" : weightMacro(region);
  }

  private String weightMacro(String region) {
    return upper() + "_WEIGHTS_IN_" + regionName(region).toUpperCase(Locale.ROOT);
  }

  /** The macros that put constants into memories other than the board's first choice. */
  private List<Map<String, String>> weightPlaces() {
    return plan.weightRegions().values().stream()
        .distinct()
        .map(region -> Map.of("region", region, "macro", weightMacro(region)))
        .toList();
  }

  private ConstantArray constantTensor(String name, Int8Array data) {
    QuantizedTensor tensor = graph.tensor(name);
    int bytes = tensor.storage().bytes();
    int[] values = new int[data.length() / bytes];
    for (int i = 0; i < values.length; i++) {
      // Little endian; the last byte carries the sign.
      values[i] = data.get((i + 1) * bytes - 1);
      for (int b = bytes - 2; b >= 0; b--) {
        values[i] = values[i] << 8 | (data.get(i * bytes + b) & 0xff);
      }
    }
    return new ConstantArray(
        "x",
        CType.of(tensor.storage()),
        Int32Array.of(values),
        0,
        tensor.shape() + ", zero point " + tensor.quantization().zeroPoint());
  }

  private List<Map<String, Object>> constantValues() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Constant constant : constants) {
      Map<String, Object> constantValues =
          constantValues(
              constant.name(),
              constant.comment(),
              constant.array().type(),
              constant.array().values().length(),
              CText.initialiser(constant.array()));
      if (!constant.place().isEmpty()) {
        constantValues.put("place", " " + constant.place());
      }
      list.add(constantValues);
    }
    for (int i = 0; i < inputs.size(); i++) {
      Port input = inputs.get(i);
      ConstantArray array =
          constantTensor(input.tensor().name(), Int8Array.of(selfTest.inputs().get(i)));
      list.add(
          constantValues(
              model + "_selftest_" + input.parameter(),
              "the self-test's input, noise",
              array.type(),
              array.values().length(),
              CText.initialiser(array)));
    }
    String crcs =
        CText.initialiser(
            selfTest.crcs().stream().mapToInt(Long::intValue).toArray(), CType.UINT32, 0);
    list.add(
        constantValues(
            model + "_selftest_crc",
            "CRC-32 of each layer's output for the self-test's input",
            CType.UINT32,
            selfTest.crcs().size(),
            crcs));
    return list;
  }

  private static Map<String, Object> constantValues(
      String name, String comment, CType type, int elements, String initialiser) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("comment", CText.plain(comment));
    values.put("declaration", "const " + type.cName() + " " + name + "[" + elements + "]");
    values.put("place", "");
    values.put("initialiser", initialiser);
    return values;
  }

  private String weightsHeader() {
    Map<String, Object> values = values();
    values.put("constants", constantValues());
    values.put("weightPlaces", weightPlaces());
    return templates.render("project/weights.h.vm", values);
  }

  private String weights() {
    Map<String, Object> values = values();
    values.put("constants", constantValues());
    return templates.render("project/weights.c.vm", values);
  }

  // The kernels.

  private String signature(Functions.Function function) {
    return CText.list("void " + model + "_" + function.name(), function.parameters());
  }

  private String kernelsHeader() {
    Map<String, Object> values = values();
    values.put("signatures", functions.all().stream().map(this::signature).toList());
    return templates.render("project/kernels.h.vm", values);
  }

  private String kernels() {
    Map<String, Object> values = values();
    values.put("functions", functions.all().stream().map(this::kernel).toList());
    return templates.render("project/kernels.c.vm", values);
  }

  private String kernel(Functions.Function function) {
    Map<String, Object> values = new LinkedHashMap<>(function.code().arguments());
    values.put("signature", signature(function));
    values.put("function", model + "_" + function.name());
    values.put("bound", CText.grouped(function.bound()));
    return templates.render(function.code().template(), values).strip();
  }

  private String core(String kernels) {
    Map<String, Object> values = values();
    values.put("headers", vocabulary.headers(kernels));
    values.put("words", vocabulary.definitions(kernels));
    return templates.render("project/core.h.vm", values);
  }
}

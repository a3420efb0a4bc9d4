package io.mcudeploy.generate;

import io.mcudeploy.diagnostics.Numbers;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.plan.Chain;
import io.mcudeploy.plan.Lifetimes;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The calls of the layers in their order, whole or row by row, and the places they work in. */
final class LayerSequence {
  /** Characters before a statement of a loop. */
  private static final int IN_LOOP = 8;

  private final ModelInterface caller;
  private final Constants constants;
  private final Functions functions;
  private final Plan plan;
  private final QuantizedGraph graph;
  private final Places places;

  LayerSequence(ModelInterface caller, Constants constants, Functions functions, Plan plan) {
    this.caller = caller;
    this.constants = constants;
    this.functions = functions;
    this.plan = plan;
    this.graph = plan.schedule().graph();
    this.places = new Places(caller, constants, plan);
  }

  /** What the body of the network says. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("places", places.enumerators());
    values.put("ramDeclarations", ramDeclarations(places.names()));
    values.put("resetDeclarations", ramDeclarations(graph.states().keySet()));
    values.put("resetCall", caller.model() + "_reset(" + caller.arenas("") + ")");
    values.put("states", stateValues());
    values.put("resets", caller.resets());
    values.put("unusedInputs", caller.unusedInputs());
    values.put("runDeclaration", caller.runDeclaration());
    values.put("selftestDeclaration", caller.selftestDeclaration());
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
    return values;
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
    List<String> from = band.inputs().stream().map(slice -> places.at(slice, false)).toList();
    List<String> known = band.inputs().stream().map(slice -> places.at(slice, true)).toList();
    String to = places.at(band.output(), false);
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
    String to = places.at(band.output().tensor(), false);
    int dropped = band.dropped() * band.output().rowBytes();
    String from = to.substring(0, to.length() - 1) + " + " + dropped + "]";
    List<String> arguments = List.of(to, from, Integer.toString(band.movedBytes()));
    return List.of(CText.list("__builtin_memmove", arguments, IN_LOOP) + ";");
  }

  /** Pointers to the parts that hold these places; compilers warn of parameters without use. */
  private List<String> ramDeclarations(Set<String> used) {
    List<String> declarations = new ArrayList<>();
    for (ModelInterface.Part part : caller.parts()) {
      boolean needed = used.stream().anyMatch(place -> caller.part(place).equals(part));
      declarations.add(
          needed
              ? "int8_t *const " + part.local() + " = " + part.parameter() + "->bytes;"
              : "(void)" + part.parameter() + ";");
    }
    return declarations;
  }

  /** The states one by one, for the function that sets them to zero. */
  private List<Map<String, Object>> stateValues() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (String state : graph.states().keySet()) {
      QuantizedTensor tensor = graph.tensor(state);
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("name", CText.plain(state));
      values.put("type", tensor.storage().cName());
      values.put("place", places.at(state));
      values.put("elements", tensor.shape().elements());
      values.put("bytes", tensor.bytes());
      values.put("zero", tensor.quantization().zeroPoint());
      list.add(values);
    }
    return list;
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
        + step.layer().operator().title().replace('_', ' ')
        + (macs > 0 ? "; " + Numbers.grouped(macs) + " MAC" : "")
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
    return step.layer().inputs().stream().map(input -> places.at(input, known)).toList();
  }

  private List<String> outputs(Step step) {
    return step.layer().outputs().stream().map(output -> places.at(output, false)).toList();
  }

  /** The call that runs a layer; none if it has no code. */
  private List<String> call(Step step, int kernel, List<String> from, List<String> to) {
    KernelCode code = step.kernels().get(kernel);
    if (code.isView()) {
      return List.of();
    }
    List<String> arguments = new ArrayList<>(from);
    code.constants().forEach(constant -> arguments.add(constants.name(constant)));
    code.scratch().ifPresent(s -> arguments.add(places.at(Lifetimes.scratchName(step), s)));
    arguments.addAll(to);
    String head = caller.model() + "_" + functions.of(step, kernel).name();
    boolean rowByRow = plan.schedule().chain(step.number()).isPresent();
    return List.of(CText.list(head, arguments, rowByRow ? IN_LOOP : 0) + ";");
  }

  /** An expression for the CRC of all outputs of a step. */
  private String crcExpression(Step step) {
    String expression = "0u";
    for (String output : step.layer().outputs()) {
      expression =
          "crc32("
              + expression
              + ", "
              + places.at(output, true)
              + ", "
              + graph.tensor(output).bytes()
              + ")";
    }
    return expression;
  }
}

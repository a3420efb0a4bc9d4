package io.mcudeploy.generate;

import io.mcudeploy.diagnostics.Numbers;
import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.plan.Chain;
import io.mcudeploy.plan.Lifetimes;
import io.mcudeploy.plan.MemoryPlan;
import io.mcudeploy.plan.Placement;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Step;
import io.mcudeploy.plan.Views;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Where tensors and scratch lie, as C expressions. */
final class Places {
  private final ModelInterface caller;
  private final Constants constants;
  private final Plan plan;
  private final QuantizedGraph graph;
  private final Views views;
  private final Map<String, String> places = new LinkedHashMap<>();

  Places(ModelInterface caller, Constants constants, Plan plan) {
    this.caller = caller;
    this.constants = constants;
    this.plan = plan;
    this.graph = plan.schedule().graph();
    this.views = Views.of(plan.schedule());
    nameAll();
  }

  /** The tensors and scratch of the arena. */
  Set<String> names() {
    return places.keySet();
  }

  /** Enumerators for the places in the arena, named after tensors and layers. */
  private void nameAll() {
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

  String enumerators() {
    if (places.isEmpty()) {
      return "";
    }
    MemoryPlan memory = plan.memory();
    StringBuilder text = new StringBuilder();
    text.append("/* Places in the arena, bytes from its start. Peak ");
    text.append(Numbers.grouped(memory.bytes())).append(" at layer ").append(memory.peakLayer());
    text.append("; these buffers need at least ").append(Numbers.grouped(memory.lowerBound()));
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
                + (caller.parts().size() > 1 ? " in " + caller.part(name).memory().region() : "")
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

  /** The C expression for rows of a tensor. */
  String at(Chain.Slice slice, boolean known) {
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
  String at(String tensor, boolean known) {
    int port = graph.inputs().indexOf(views.root(tensor).whole());
    return known && port >= 0
        ? within(caller.model() + "_selftest_" + caller.inputs().get(port).parameter(), tensor)
        : at(tensor);
  }

  /** The C expression for a tensor's memory. */
  String at(String tensor) {
    String whole = views.root(tensor).whole();
    if (!caller.portsInArena() && graph.outputs().contains(whole)) {
      return within(caller.outputs().get(graph.outputs().indexOf(whole)).parameter(), tensor);
    }
    if (!caller.portsInArena() && graph.inputs().contains(whole)) {
      return within(caller.inputs().get(graph.inputs().indexOf(whole)).parameter(), tensor);
    }
    if (graph.constants().containsKey(tensor)) {
      return constants.name(tensor);
    }
    StorageType storage = graph.tensor(tensor).storage();
    String cast = storage == StorageType.INT8 ? "" : "(" + storage.cName() + " *)(void *)";
    return cast + address(tensor);
  }

  /** The C expression for a tensor that is part of a port's array, or all of it. */
  private String within(String array, String tensor) {
    int start = views.root(tensor).offset() / graph.tensor(tensor).storage().bytes();
    return start == 0 ? array : array + " + " + start;
  }

  private String address(String place) {
    return "&" + caller.part(place).local() + "[" + places.get(place) + "]";
  }

  String at(String place, Scratch scratch) {
    String cast = scratch.type() == CType.INT8 ? "" : "(" + scratch.type().cName() + " *)(void *)";
    return cast + address(place);
  }
}

package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Slice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Writes loops out, body after body. A Scan runs once for each slice of its inputs, whose shapes
 * are fixed; a Loop as long as its condition holds, which must follow at import from what is
 * constant, the iteration's number among it.
 */
final class LoopUnroller {
  static final String LOOP = "Loop";
  static final String SCAN = "Scan";

  /** Far above any network for a microcontroller; a damaged file may loop without end. */
  private static final int MOST_NODES = 100_000;

  private static final int FIRST_WITHOUT_BATCHES = 9;

  private final Path model;
  private final GraphBuilder graph;
  private final BiFunction<Subgraph, List<String>, List<String>> adding;
  private int serial;
  private int unrolled;

  /**
   * @param adding adds a subgraph for the values it is given, and gives the values of its outputs
   */
  LoopUnroller(
      Path model, GraphBuilder graph, BiFunction<Subgraph, List<String>, List<String>> adding) {
    this.model = model;
    this.graph = graph;
    this.adding = adding;
  }

  /**
   * The values of a Loop's outputs: those carried from iteration to iteration, then the collected.
   */
  List<String> loop(ImportedNode node) {
    GraphProto body = body(node);
    List<String> inputs = node.proto().getInputList();
    int carriedCount = inputs.size() - 2;
    check(
        node,
        carriedCount >= 0
            && body.getInputCount() == inputs.size()
            && body.getOutputCount() > carriedCount
            && node.proto().getOutputCount() < body.getOutputCount());
    Optional<Long> trips = number(node, inputs.get(0), "trip count");
    List<String> carried =
        inputs.stream().skip(2).map(name -> graph.value(name).orElseThrow()).toList();
    List<List<String>> collected = lists(body.getOutputCount() - 1 - carriedCount);
    boolean holds = number(node, inputs.get(1), "condition").orElse(1L) != 0;
    for (long trip = 0; holds && trip < trips.orElse(Long.MAX_VALUE); trip++) {
      List<String> given = new ArrayList<>();
      given.add(constant(node, "iteration", ElementType.INT64, trip));
      given.add(constant(node, "condition", ElementType.BOOL, 1));
      given.addAll(carried);
      List<String> results = run(node, body, given);
      holds = value(node, results.get(0), "condition after iteration " + trip) != 0;
      carried = results.subList(1, 1 + carriedCount);
      for (int i = 0; i < collected.size(); i++) {
        collected.get(i).add(results.get(1 + carriedCount + i));
      }
    }
    List<String> outputs = new ArrayList<>(carried);
    for (List<String> slices : collected) {
      outputs.add(stacked(node, slices, 0));
    }
    return outputs;
  }

  /** The values of a Scan's outputs: the final states, then the collected. */
  List<String> scan(ImportedNode node) {
    if (node.opsets().getOrDefault("", FIRST_WITHOUT_BATCHES) < FIRST_WITHOUT_BATCHES) {
      throw rejected(node, "before version 9 of ONNX a Scan has sequences of different lengths")
          .asException();
    }
    GraphProto body = body(node);
    List<String> inputs =
        node.proto().getInputList().stream()
            .map(name -> graph.value(name).orElseThrow(() -> misfit(node)))
            .toList();
    long wanted = attribute(node, "num_scan_inputs").map(AttributeProto::getI).orElse(0L);
    int scanned = (int) Math.max(0, Math.min(inputs.size(), wanted));
    int stateCount = inputs.size() - scanned;
    check(
        node,
        scanned == wanted
            && scanned > 0
            && body.getInputCount() == inputs.size()
            && body.getOutputCount() >= stateCount
            && node.proto().getOutputCount() == body.getOutputCount());
    List<Long> axes = axes(node, "scan_input_axes", scanned);
    List<Long> backward = axes(node, "scan_input_directions", scanned);
    int collectedCount = body.getOutputCount() - stateCount;
    List<Long> outputAxes = axes(node, "scan_output_axes", collectedCount);
    List<Long> outputBackward = axes(node, "scan_output_directions", collectedCount);
    int trips = extent(node, inputs.get(stateCount), axes.get(0));
    List<String> states = inputs.subList(0, stateCount);
    List<List<String>> collected = lists(collectedCount);
    for (int trip = 0; trip < trips; trip++) {
      List<String> given = new ArrayList<>(states);
      for (int i = 0; i < scanned; i++) {
        String input = inputs.get(stateCount + i);
        check(node, extent(node, input, axes.get(i)) == trips);
        int at = backward.get(i) == 0 ? trip : trips - 1 - trip;
        given.add(slice(node, input, axis(node, input, axes.get(i), 0), at));
      }
      List<String> results = run(node, body, given);
      states = results.subList(0, stateCount);
      for (int i = 0; i < collectedCount; i++) {
        collected.get(i).add(results.get(stateCount + i));
      }
    }
    List<String> outputs = new ArrayList<>(states);
    for (int i = 0; i < collectedCount; i++) {
      List<String> slices = collected.get(i);
      if (outputBackward.get(i) != 0) {
        Collections.reverse(slices);
      }
      outputs.add(stacked(node, slices, outputAxes.get(i)));
    }
    return outputs;
  }

  private List<String> run(ImportedNode node, GraphProto body, List<String> given) {
    serial++;
    unrolled += 1 + body.getNodeCount();
    if (unrolled > MOST_NODES) {
      throw rejected(node, "the loop has more than " + MOST_NODES + " nodes when written out")
          .asException();
    }
    return adding.apply(Subgraph.copy(node, body, serial), given);
  }

  private String slice(ImportedNode node, String value, int axis, int at) {
    Shape shape = graph.type(value).shape();
    String slice = add(node, "slice", Slice.along(shape, axis, at, 1), List.of(value));
    List<Integer> extents = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      if (i != axis) {
        extents.add(shape.extent(i));
      }
    }
    return add(node, "element", new Reshape(Shape.of(extents)), List.of(slice));
  }

  /** The values along a new axis. */
  private String stacked(ImportedNode node, List<String> values, long newAxis) {
    if (values.isEmpty()) {
      throw rejected(node, "the loop never runs, and collects nothing").asException();
    }
    int axis = axis(node, values.get(0), newAxis, 1);
    List<String> slices = new ArrayList<>();
    for (String value : values) {
      Shape shape = graph.type(value).shape();
      List<Integer> extents = new ArrayList<>();
      for (int i = 0; i < shape.rank(); i++) {
        extents.add(shape.extent(i));
      }
      check(node, axis <= extents.size());
      extents.add(axis, 1);
      slices.add(add(node, "slice", new Reshape(Shape.of(extents)), List.of(value)));
    }
    return slices.size() == 1 ? slices.get(0) : add(node, "stack", new Concat(axis), slices);
  }

  private String add(ImportedNode node, String role, Operator operator, List<String> operands) {
    String name = node.name() + "/" + role;
    try {
      return graph.addNode(name, operator, operands, List.of(name)).get(0);
    } catch (IllegalArgumentException e) {
      throw Diagnostic.of(Code.E0203, node.location(model), e.getMessage()).asException();
    }
  }

  private String constant(ImportedNode node, String role, ElementType element, long value) {
    return graph.addConstant(
        node.name() + "/" + role, new Tensor.Integers(element, Shape.of(), new long[] {value}));
  }

  /** A number that an input of the node must be, if it is given at all. */
  private Optional<Long> number(ImportedNode node, String input, String role) {
    return input.isEmpty()
        ? Optional.empty()
        : Optional.of(value(node, graph.value(input).orElseThrow(), role));
  }

  private long value(ImportedNode node, String value, String role) {
    Optional<Tensor> constant = graph.constant(value);
    if (constant.isEmpty()) {
      throw rejected(node, "the " + role + " depends on the network's input").asException();
    }
    if (constant.get() instanceof Tensor.Integers integers && integers.values().length == 1) {
      return integers.values()[0];
    }
    throw misfit(node);
  }

  private int extent(ImportedNode node, String value, long axis) {
    return graph.type(value).shape().extent(axis(node, value, axis, 0));
  }

  private int axis(ImportedNode node, String value, long axis, int added) {
    int rank = graph.type(value).shape().rank() + added;
    check(node, axis >= -rank && axis < rank);
    return (int) (axis < 0 ? axis + rank : axis);
  }

  private List<Long> axes(ImportedNode node, String name, int count) {
    List<Long> given =
        attribute(node, name)
            .map(AttributeProto::getIntsList)
            .orElse(Collections.nCopies(count, 0L));
    check(node, given.size() == count);
    return given;
  }

  private static Optional<AttributeProto> attribute(ImportedNode node, String name) {
    return node.proto().getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst();
  }

  private static List<List<String>> lists(int count) {
    List<List<String>> lists = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lists.add(new ArrayList<>());
    }
    return lists;
  }

  private GraphProto body(ImportedNode node) {
    return node.subgraph("body").orElseThrow(() -> misfit(node));
  }

  private void check(ImportedNode node, boolean fits) {
    if (!fits) {
      throw misfit(node);
    }
  }

  private DiagnosticException misfit(ImportedNode node) {
    return Diagnostic.of(
            Code.E0102, node.location(model), "the loop's body does not fit its inputs or outputs")
        .asException();
  }

  private Diagnostic rejected(ImportedNode node, String message) {
    return Diagnostic.of(Code.E0202, node.location(model), message)
        .note("only a loop that runs equally often for every input can be written out");
  }
}

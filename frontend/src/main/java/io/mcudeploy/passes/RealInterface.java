package io.mcudeploy.passes;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.State;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.DequantizeLinear;
import io.mcudeploy.operators.QuantizeLinear;
import io.mcudeploy.operators.Rounding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lets a quantized network take and give the real numbers that its integer inputs and outputs stand
 * for, so that it is the same network as one that quantizes its input itself. What the generated
 * code takes and gives are the integers either way.
 *
 * <pre>
 *   x int8 ─ DequantizeLinear ─ op            x float ─ QuantizeLinear ─ DequantizeLinear ─ op
 *                                       ⇒
 * </pre>
 *
 * <p>Inputs and outputs whose integers are numbers in their own right, such as indices, stay.
 */
public final class RealInterface {
  private final Graph graph;
  private final Map<String, Node> producers;
  private final Map<String, List<Node>> consumers;

  private RealInterface(Graph graph) {
    this.graph = graph;
    this.producers = graph.producers();
    this.consumers = graph.consumers();
  }

  /** The network with real inputs and outputs; the graph itself if it has no others. */
  public static Graph of(Graph graph) {
    return new RealInterface(graph).changed();
  }

  private Graph changed() {
    Map<String, Grid> inputs = new LinkedHashMap<>();
    Map<String, Grid> outputs = new LinkedHashMap<>();
    graph
        .inputs()
        .forEach(
            (input, type) -> {
              if (hasRange(type.element())) {
                gridOfUsers(input).ifPresent(grid -> inputs.put(input, grid));
              }
            });
    for (String output : graph.outputs()) {
      if (hasRange(graph.type(output).element()) && !graph.inputs().containsKey(output)) {
        gridOfProducer(output).ifPresent(grid -> outputs.put(output, grid));
      }
    }
    if (inputs.isEmpty() && outputs.isEmpty()) {
      return graph;
    }
    Map<String, String> integers = new HashMap<>();
    inputs.keySet().forEach(input -> integers.put(input, newName(input)));
    outputs.keySet().forEach(output -> integers.put(output, newName(output)));
    List<Node> nodes = new ArrayList<>();
    inputs.forEach((input, grid) -> nodes.add(quantize(input, grid, integers.get(input))));
    for (Node node : graph.nodes()) {
      nodes.add(
          new Node(
              node.name(),
              node.operator(),
              renamed(node.inputs(), integers),
              renamed(node.outputs(), integers)));
    }
    outputs.forEach(
        (output, grid) ->
            nodes.add(
                new Node(
                    output + "/DequantizeLinear",
                    new DequantizeLinear(grid),
                    List.of(integers.get(output)),
                    List.of(output))));
    Map<String, TensorType> inputTypes = new LinkedHashMap<>(graph.inputs());
    inputs
        .keySet()
        .forEach(input -> inputTypes.computeIfPresent(input, (name, type) -> real(type)));
    Map<String, Tensor> constants = new LinkedHashMap<>();
    graph
        .constants()
        .forEach((name, tensor) -> constants.put(integers.getOrDefault(name, name), tensor));
    Map<String, State> states = new LinkedHashMap<>();
    graph
        .states()
        .forEach(
            (value, state) ->
                states.put(
                    value,
                    new State(state.type(), integers.getOrDefault(state.next(), state.next()))));
    return Graph.of(graph.name(), inputTypes, graph.outputs(), nodes, constants, states);
  }

  private Node quantize(String input, Grid grid, String integers) {
    ElementType element = graph.type(input).element();
    return new Node(
        input + "/QuantizeLinear",
        new QuantizeLinear(grid, element, lowest(element), highest(element), Rounding.HALF_EVEN),
        List.of(input),
        List.of(integers));
  }

  /** The grid that all users of an integer see it on, also behind operators that pick numbers. */
  private Optional<Grid> gridOfUsers(String value) {
    Set<Grid> grids = new HashSet<>();
    boolean onlyReals = collectGrids(value, grids);
    return onlyReals && grids.size() == 1 ? grids.stream().findFirst() : Optional.empty();
  }

  private boolean collectGrids(String value, Set<Grid> grids) {
    for (Node user : consumers.getOrDefault(value, List.of())) {
      if (user.operator() instanceof DequantizeLinear dequantize) {
        grids.add(dequantize.grid());
      } else if (!GridMoves.picks(user.operator()) || !collectGrids(user.output(), grids)) {
        return false;
      }
    }
    return grids.stream().allMatch(Grid::isPerTensor);
  }

  /** The grid an integer was quantized to, also above operators that pick numbers. */
  private Optional<Grid> gridOfProducer(String value) {
    String source = value;
    while (producers.containsKey(source)) {
      Node producer = producers.get(source);
      if (producer.operator() instanceof QuantizeLinear quantize) {
        return Optional.of(quantize.grid()).filter(Grid::isPerTensor);
      }
      if (GridMoves.onReals(producer.operator(), Grid.perTensor(1, 0)).isEmpty()) {
        return Optional.empty();
      }
      source = producer.inputs().get(0);
    }
    return Optional.empty();
  }

  private static boolean hasRange(ElementType element) {
    return switch (element) {
      case INT8, UINT8, INT16, UINT16 -> true;
      case FLOAT, INT32, INT64, UINT32, BOOL -> false;
    };
  }

  private static int lowest(ElementType element) {
    return switch (element) {
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      default -> 0;
    };
  }

  private static int highest(ElementType element) {
    return switch (element) {
      case INT8 -> Byte.MAX_VALUE;
      case INT16 -> Short.MAX_VALUE;
      case UINT8 -> 0xff;
      default -> 0xffff;
    };
  }

  private static TensorType real(TensorType type) {
    return TensorType.floats(type.shape());
  }

  private String newName(String value) {
    String name = value + "/integers";
    for (int i = 1; graph.types().containsKey(name); i++) {
      name = value + "/integers_" + i;
    }
    return name;
  }

  private static List<String> renamed(List<String> values, Map<String, String> names) {
    return values.stream().map(value -> names.getOrDefault(value, value)).toList();
  }
}

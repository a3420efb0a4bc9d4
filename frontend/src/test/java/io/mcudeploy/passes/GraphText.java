package io.mcudeploy.passes;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes small graphs for tests of rules, and runs them before and after. */
final class GraphText {
  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Random random = new Random(7);

  /** A float input of the network. */
  String input(String name, int... extents) {
    inputs.put(name, TensorType.floats(Shape.of(extents)));
    return name;
  }

  /** A constant of random numbers between 0.5 and 1.5. */
  String weights(int... extents) {
    return constant(Shape.of(extents), null);
  }

  /** A constant of the same number everywhere. */
  String uniform(float value, int... extents) {
    return constant(Shape.of(extents), value);
  }

  private String constant(Shape shape, Float value) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value == null ? 0.5f + random.nextFloat() : value;
    }
    String name = "c" + constants.size();
    constants.put(name, new Tensor.Floats(shape, values));
    return name;
  }

  /** A node; its output has its name. */
  String node(String name, Operator operator, String... operands) {
    nodes.add(new Node(name, operator, List.of(operands), List.of(name)));
    return name;
  }

  Graph graph(String... outputs) {
    return Graph.of("test", inputs, List.of(outputs), nodes, constants);
  }

  /** The kinds of a graph's operators, in order. */
  static List<String> kinds(Graph graph) {
    return graph.nodes().stream().map(node -> node.operator().kind()).toList();
  }

  /**
   * Applies a pass that must fire, and checks what every rule promises: equal results, outputs of
   * equal names and types, and that it finds nothing to do in what it made.
   */
  @SuppressWarnings("ReferenceEquality") // A pass without effect returns the graph itself.
  static Graph fires(Pass pass, Graph before) {
    Graph after = before;
    for (Graph next = pass.apply(after); next != after; next = pass.apply(after)) {
      after = next;
    }
    assertThat(after).describedAs("%s must fire on %s", pass.name(), before).isNotSameAs(before);
    assertComputesTheSame(before, after);
    return after;
  }

  /** Checks that a pass finds nothing to do. */
  static void leaves(Pass pass, Graph graph) {
    assertThat(pass.apply(graph)).isSameAs(graph);
  }

  /** Compares two graphs on random input, negative numbers among it. */
  static void assertComputesTheSame(Graph before, Graph after) {
    assertThat(after.outputs()).isEqualTo(before.outputs());
    assertThat(after.inputs()).isEqualTo(before.inputs());
    Random random = new Random(11);
    Map<String, Tensor> samples = new HashMap<>();
    before
        .inputs()
        .forEach(
            (name, type) -> {
              float[] values = new float[type.shape().elements()];
              for (int i = 0; i < values.length; i++) {
                values[i] = 2 * random.nextFloat() - 1;
              }
              samples.put(name, new Tensor.Floats(type.shape(), values));
            });
    List<Tensor> expected = new Interpreter(before).run(samples);
    List<Tensor> actual = new Interpreter(after).run(samples);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).type()).isEqualTo(expected.get(i).type());
      if (expected.get(i) instanceof Tensor.Floats floats) {
        assertClose(floats.values(), ((Tensor.Floats) actual.get(i)).values());
      } else {
        assertThat(actual.get(i)).isEqualTo(expected.get(i));
      }
    }
  }

  private static void assertClose(float[] expected, float[] actual) {
    double largest = 1e-3;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .describedAs("element %d", i)
          .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(2e-5 * largest));
    }
  }
}

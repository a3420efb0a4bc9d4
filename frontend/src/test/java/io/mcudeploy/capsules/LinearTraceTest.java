package io.mcudeploy.capsules;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.MatMul;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Transpose;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinearTraceTest {
  /** Weighs x by its own softmax, multiplies and transposes it, and adds a constant. */
  private static final Graph GRAPH =
      Graph.of(
          "sample",
          Map.of("x", TensorType.floats(Shape.of(2, 2))),
          List.of("sum"),
          List.of(
              new Node("c", new Softmax(1), List.of("x"), List.of("c")),
              new Node("cx", new Binary(BinaryFunction.MUL), List.of("c", "x"), List.of("cx")),
              new Node("t", new Transpose(List.of(1, 0)), List.of("cx"), List.of("t")),
              new Node("wt", new MatMul(), List.of("w", "t"), List.of("wt")),
              new Node("b", new Binary(BinaryFunction.ADD), List.of("wt", "bias"), List.of("b")),
              new Node(
                  "sum",
                  new Reduce(ReduceFunction.SUM, List.of(1), false),
                  List.of("b"),
                  List.of("sum"))),
          Map.of(
              "w", new Tensor.Floats(Shape.of(1, 2), new float[] {0, 2}),
              "bias", new Tensor.Floats(Shape.of(1), new float[] {3})));

  private static final Tensor START = new Tensor.Floats(Shape.of(2, 2), new float[] {1, 1, 5, 5});

  @Test
  void couplingCoefficientsCountAsTheNumbersTheyAre() {
    Region region = Region.between(GRAPH, "x", "sum");
    LinearTrace trace = LinearTrace.of(region, region.run(START));

    assertThat(trace.forms("c")).isEmpty();
    LinearForms sum = trace.forms("sum").orElseThrow();
    assertThat(sum.shape()).isEqualTo(Shape.of(1));
    assertThat(sum.constant(0)).isEqualTo(6);
    // Terms with a weight of zero are terms all the same.
    assertThat(sum.sources(0)).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(coefficient(sum, 0, 1)).isEqualTo(1);
    assertThat(coefficient(sum, 0, 2)).isEqualTo(0);
  }

  @Test
  void dominatorsAreWhatEveryPathPasses() {
    Dominators dominators = Dominators.of(GRAPH);

    assertThat(dominators.above("sum")).containsExactly("b", "wt", "t", "cx", "x");
    assertThat(dominators.above("cx")).containsExactly("x");
    assertThat(dominators.above("w")).isEmpty();
  }

  @Test
  void regionsHoldWhatLiesBetween() {
    Region region = Region.between(GRAPH, "cx", "wt");

    assertThat(region.nodes()).extracting(Node::name).containsExactly("t", "wt");
    assertThat(region.result(START)).containsExactly(2, 10);
  }

  private static double coefficient(LinearForms forms, int element, int source) {
    for (int i = 0; i < forms.sources(element).length; i++) {
      if (forms.sources(element)[i] == source) {
        return forms.coefficients(element)[i];
      }
    }
    throw new AssertionError("no term with source " + source);
  }
}

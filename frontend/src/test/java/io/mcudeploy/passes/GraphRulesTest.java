package io.mcudeploy.passes;

import static io.mcudeploy.passes.GraphText.fires;
import static io.mcudeploy.passes.GraphText.kinds;
import static io.mcudeploy.passes.GraphText.leaves;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that look at the graph rather than at what operators mean, and how rules are run. */
class GraphRulesTest {
  private final GraphText text = new GraphText();

  static Stream<Operator> identities() {
    List<Integer> zeros = List.of(0, 0);
    return Stream.of(
        new Reshape(Shape.of(2, 3)),
        new Transpose(List.of(0, 1)),
        new Concat(1),
        new Slice(zeros, List.of(2, 3), List.of(1, 1)),
        new Pad(zeros, zeros, Pad.Mode.CONSTANT, 0),
        new Gather(1, List.of(0, 1, 2)),
        new Reduce(ReduceFunction.MAX, List.of(), true),
        new Unary(new UnaryFunction.Clamp(Activation.NONE)));
  }

  @ParameterizedTest
  @MethodSource("identities")
  void identitiesGoAndOutputsKeepTheirNames(Operator identity) {
    String relu = text.node("relu", Unary.RELU, text.input("x", 2, 3));
    text.node("y", identity, relu);
    Graph after = fires(new IdentityRemoval(), text.graph("y"));
    assertThat(kinds(after)).containsExactly("Relu");
    assertThat(after.nodes().get(0).output()).isEqualTo("y");
  }

  @Test
  void identitiesBetweenAnInputAndAnOutputStay() {
    text.node("y", new Reshape(Shape.of(2, 3)), text.input("x", 2, 3));
    leaves(new IdentityRemoval(), text.graph("y"));
  }

  @Test
  void identitiesBetweenTwoOutputsStay() {
    String relu = text.node("relu", Unary.RELU, text.input("x", 2, 3));
    text.node("y", new Reshape(Shape.of(2, 3)), relu);
    leaves(new IdentityRemoval(), text.graph("relu", "y"));
  }

  @Test
  void permutationsOfElementsAreNoIdentities() {
    String x = text.input("x", 3, 3);
    text.node("a", new Transpose(List.of(1, 0)), x);
    text.node("b", new Gather(0, List.of(2, 1, 0)), x);
    text.node("c", new Slice(List.of(2, 0), List.of(3, 3), List.of(-1, 1)), x);
    text.node("d", new Reduce(ReduceFunction.L1, List.of(), true), x);
    leaves(new IdentityRemoval(), text.graph("a", "b", "c", "d"));
  }

  @Test
  void whatNoOutputNeedsGoes() {
    String x = text.input("x", 3);
    text.node("y", Unary.RELU, x);
    text.node("unused", new Binary(BinaryFunction.ADD), x, text.weights(3));
    Graph after = fires(new DeadCodeRemoval(), text.graph("y"));
    assertThat(kinds(after)).containsExactly("Relu");
    assertThat(after.constants()).isEmpty();
    leaves(new DeadCodeRemoval(), text.graph("y", "unused"));
  }

  @Test
  void constantsAreComputedOnce() {
    String sum = text.node("sum", new Binary(BinaryFunction.ADD), text.weights(3), text.weights());
    text.node("y", new Binary(BinaryFunction.MUL), text.input("x", 3), sum);
    Graph after = fires(new ConstantFolding(), text.graph("y", "sum"));
    assertThat(kinds(after)).containsExactly("Mul");
    assertThat(after.constants()).containsOnlyKeys("sum");
  }

  @Test
  void equalExpressionsAreComputedOnce() {
    String x = text.input("x", 3);
    String a = text.node("a", new Binary(BinaryFunction.ADD), x, text.uniform(2, 3));
    String b = text.node("b", new Binary(BinaryFunction.ADD), x, text.uniform(2, 3));
    text.node("y", new Binary(BinaryFunction.MUL), a, b);
    Graph after = fires(new CommonSubexpressions(), text.graph("y"));
    assertThat(kinds(after)).containsExactly("Add", "Mul");
    assertThat(after.constants()).hasSize(1);
  }

  @Test
  void differentExpressionsAndOutputsStay() {
    String x = text.input("x", 3);
    String a = text.node("a", new Binary(BinaryFunction.ADD), x, text.uniform(2, 3));
    text.node("b", new Binary(BinaryFunction.ADD), a, text.uniform(3, 3));
    text.node("c", Unary.RELU, x);
    text.node("d", Unary.RELU, x);
    leaves(new CommonSubexpressions(), text.graph("b", "c", "d"));
  }

  @Test
  void passesThatUndoEachOtherAreOurMistake() {
    text.node("y", Unary.RELU, text.input("x", 3));
    Pass restless = graph -> graph.with(graph.nodes(), graph.constants());
    assertThatThrownBy(() -> Passes.run(List.of(restless), text.graph("y")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("settle");
  }

  @Test
  void passesThatChangeAnOutputAreOurMistake() {
    text.node("y", Unary.RELU, text.input("x", 3));
    GraphText other = new GraphText();
    other.node("y", Unary.RELU, other.input("x", 4));
    assertThatThrownBy(() -> Passes.run(List.of(graph -> other.graph("y")), text.graph("y")))
        .isInstanceOf(IllegalStateException.class);
  }
}

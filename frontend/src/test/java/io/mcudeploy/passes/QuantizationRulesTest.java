package io.mcudeploy.passes;

import static io.mcudeploy.passes.GraphText.fires;
import static io.mcudeploy.passes.GraphText.kinds;
import static io.mcudeploy.passes.GraphText.leaves;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.DequantizeLinear;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.QuantizeLinear;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Rounding;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction.Clamp;
import io.mcudeploy.operators.UnaryFunction.FakeQuantize;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules that make a network in real numbers of one in integers. */
class QuantizationRulesTest {
  private static final Grid GRID = Grid.perTensor(0.125, -3);
  private static final Operators INT8 = new Operators(GRID);

  private record Operators(Grid grid) {
    QuantizeLinear quantize() {
      return new QuantizeLinear(grid, ElementType.INT8, -128, 127, Rounding.HALF_EVEN);
    }

    DequantizeLinear dequantize() {
      return new DequantizeLinear(grid);
    }
  }

  private final GraphText text = new GraphText();

  @Test
  void aQuantizedAndDequantizedValueIsOnAGrid() {
    String q = text.node("q", INT8.quantize(), text.input("x", 2, 3));
    text.node("y", INT8.dequantize(), q);

    Graph after = fires(new JoinQuantizeDequantize(), text.graph("y"));

    assertThat(after.nodes().get(0).operator())
        .isEqualTo(new Unary(new FakeQuantize(0.125, -3, -128, 127, Rounding.HALF_EVEN)));
  }

  @Test
  void integersReadOnAnotherGridStay() {
    String q = text.node("q", INT8.quantize(), text.input("x", 2, 3));
    text.node("y", new DequantizeLinear(Grid.perTensor(0.25, -3)), q);

    leaves(new JoinQuantizeDequantize(), text.graph("y"));
  }

  @Test
  void integersAreReadBeforeTheyAreMoved() {
    String a = text.node("a", INT8.quantize(), text.input("x", 2, 3));
    String b = text.node("b", INT8.quantize(), text.input("z", 2, 3));
    String joined = text.node("joined", new Concat(1), a, b);
    String turned = text.node("turned", new Transpose(List.of(1, 0)), joined);
    text.node("y", INT8.dequantize(), turned);

    Graph after = fires(new HoistDequantize(), text.graph("y"));

    assertThat(kinds(after))
        .containsExactly(
            "QuantizeLinear",
            "QuantizeLinear",
            "DequantizeLinear",
            "DequantizeLinear",
            "Concat",
            "Transpose");
  }

  @Test
  void paddingAndLimitsOfIntegersBecomeReal() {
    String q = text.node("q", INT8.quantize(), text.input("x", 2, 3));
    String padded =
        text.node("padded", new Pad(List.of(0, 1), List.of(0, 1), Pad.Mode.CONSTANT, -3), q);
    String clipped = text.node("clipped", new Unary(new Clamp(new Activation(-8, 7))), padded);
    text.node("y", INT8.dequantize(), clipped);

    Graph after = fires(new HoistDequantize(), text.graph("y"));

    assertThat(after.nodes().stream().map(Node::operator))
        .contains(
            new Pad(List.of(0, 1), List.of(0, 1), Pad.Mode.CONSTANT, 0),
            new Unary(new Clamp(new Activation(-0.625, 1.25))));
  }

  @Test
  void aScaleForEachChannelStaysBehindWhatMovesChannels() {
    Grid grid = new Grid(List.of(0.5, 0.25, 1.0), List.of(0, 0, 0), 1);
    String q =
        text.node(
            "q",
            new QuantizeLinear(grid, ElementType.INT8, -128, 127, Rounding.HALF_EVEN),
            text.input("x", 2, 3));
    text.node("y", new DequantizeLinear(grid), text.node("turned", new Reshape(Shape.of(2, 3)), q));

    leaves(new HoistDequantize(), text.graph("y"));
    leaves(new JoinQuantizeDequantize(), text.graph("y"));
  }

  @Test
  void aClampOnNumbersOfTheGridNarrowsIt() {
    String grid = text.node("grid", onGrid(-128, 127), text.input("x", 2, 3));
    text.node("y", new Unary(new Clamp(new Activation(-0.625, 1.25))), grid);

    Graph after = fires(new NarrowGrid(), text.graph("y"));

    assertThat(after.nodes().get(after.nodes().size() - 1).operator()).isEqualTo(onGrid(-8, 7));
  }

  @Test
  void aClampBetweenNumbersOfTheGridStays() {
    String grid = text.node("grid", onGrid(-128, 127), text.input("x", 2, 3));
    text.node("y", new Unary(new Clamp(new Activation(0, 0.2))), grid);

    leaves(new NarrowGrid(), text.graph("y"));
  }

  @Test
  void aReluBehindAGridNarrowsIt() {
    String grid = text.node("grid", onGrid(-128, 127), text.input("x", 2, 3));
    text.node("y", Unary.RELU, grid);

    Graph after = fires(new NarrowGrid(), text.graph("y"));

    assertThat(after.nodes().get(after.nodes().size() - 1).operator()).isEqualTo(onGrid(-3, 127));
  }

  @Test
  void aGridIsNotRepeatedBehindMoves() {
    String grid = text.node("grid", onGrid(-8, 7), text.input("x", 2, 3));
    String padded =
        text.node("padded", new Pad(List.of(0, 1), List.of(0, 1), Pad.Mode.CONSTANT, 0), grid);
    String view = text.node("view", new Reshape(Shape.of(10)), padded);
    text.node("y", onGrid(-128, 127), view);

    Graph after = fires(new RepeatedFakeQuantize(), text.graph("y"));

    assertThat(kinds(after)).containsExactly("FakeQuantize", "Pad", "Reshape");
  }

  @Test
  void aNarrowerGridAndPaddingOffTheGridCount() {
    String grid = text.node("grid", onGrid(-128, 127), text.input("x", 2, 3));
    text.node("narrow", onGrid(-8, 7), grid);
    String padded =
        text.node("padded", new Pad(List.of(0, 1), List.of(0, 1), Pad.Mode.CONSTANT, 0.1), grid);
    text.node("y", onGrid(-128, 127), padded);

    leaves(new RepeatedFakeQuantize(), text.graph("narrow", "y"));
  }

  @Test
  void integerInputsAndOutputsBecomeReal() {
    Graph integers =
        Graph.of(
            "test",
            Map.of("x", new TensorType(ElementType.UINT8, Shape.of(1, 4))),
            List.of("y"),
            List.of(
                new Node("view", new Reshape(Shape.of(4)), List.of("x"), List.of("v")),
                new Node("dq", new DequantizeLinear(GRID), List.of("v"), List.of("r")),
                new Node("relu", Unary.RELU, List.of("r"), List.of("p")),
                new Node("q", INT8.quantize(), List.of("p"), List.of("i")),
                new Node("out", new Reshape(Shape.of(2, 2)), List.of("i"), List.of("y"))),
            Map.of());

    Graph real = Passes.simplify(RealInterface.of(integers));

    assertThat(real.inputs()).containsEntry("x", TensorType.floats(Shape.of(1, 4)));
    assertThat(kinds(real)).doesNotContain("QuantizeLinear", "DequantizeLinear");
    Tensor given = new Tensor.Integers(ElementType.UINT8, Shape.of(1, 4), new long[] {0, 2, 9, 99});
    Tensor.Integers wanted =
        (Tensor.Integers) new Interpreter(integers).run(Map.of("x", given)).get(0);
    Tensor reals = INT8.dequantize().evaluate(List.of(given)).get(0);
    Tensor got = new Interpreter(real).run(Map.of("x", reals)).get(0);
    assertThat(((Tensor.Floats) got).values())
        .isEqualTo(((Tensor.Floats) INT8.dequantize().evaluate(List.of(wanted)).get(0)).values());
  }

  @Test
  void inputsThatAreIndicesStay() {
    Graph indices =
        Graph.of(
            "test",
            Map.of("x", new TensorType(ElementType.INT8, Shape.of(3))),
            List.of("y"),
            List.of(new Node("view", new Reshape(Shape.of(1, 3)), List.of("x"), List.of("y"))),
            Map.of());

    assertThat(RealInterface.of(indices)).isSameAs(indices);
  }

  private static Unary onGrid(int lowest, int highest) {
    return new Unary(new FakeQuantize(0.125, -3, lowest, highest, Rounding.HALF_EVEN));
  }
}

package io.mcudeploy.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.calibration.ActivationScheme;
import io.mcudeploy.calibration.Range;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Where;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftmaxMasksTest {
  private static final Shape SHAPE = Shape.of(3, 4);
  private static final float HIDDEN = Float.NEGATIVE_INFINITY;
  private static final Tensor.Floats NUMBERS =
      floats(SHAPE, 2, -1, 0.5f, 1, -2, -1.5f, -1, 1.5f, 0, 0.25f, 0.5f, -0.5f);

  @ParameterizedTest
  @ValueSource(floats = {-100, -1e4f, -Float.MAX_VALUE, HIDDEN})
  void whatIsShownKeepsItsResolution(float hidden) {
    Tensor.Floats mask =
        floats(SHAPE, 0, hidden, hidden, hidden, 0, 0, hidden, hidden, 0, 0, 0, hidden);

    assertIsSoftmax(added(mask, 1, List.of("weights")));
  }

  @Test
  void masksAreBroadcast() {
    assertIsSoftmax(added(floats(Shape.of(4), 0, HIDDEN, 0, 0), 1, List.of("weights")));
    assertIsSoftmax(added(floats(Shape.of(3, 1), 0, -1e9f, 0), 0, List.of("weights")));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void masksAreChosen(boolean whenTrue) {
    Tensor condition =
        new Tensor.Integers(
            ElementType.BOOL, SHAPE, new long[] {1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1});
    Graph graph =
        graph(
            new Where(),
            whenTrue ? List.of("condition", "mask", "x") : List.of("condition", "x", "mask"),
            1,
            List.of("weights"),
            Map.of("condition", condition, "mask", floats(Shape.of(), -1e9f)));

    assertIsSoftmax(graph);
  }

  @Test
  void slopesAreNoMasks() {
    Tensor.Floats slope = floats(Shape.of(4), -1.5f, -1, -0.5f, 0);
    Graph graph = added(slope, 1, List.of("weights"));

    assertThat(SoftmaxMasks.limit(graph, ranges(graph)).graph()).isEqualTo(graph);
  }

  @Test
  void whatIsAnOutputAsWellKeepsItsRange() {
    Graph graph = added(floats(Shape.of(4), 0, -100, 0, 0), 1, List.of("weights", "sum"));

    assertThat(SoftmaxMasks.limit(graph, ranges(graph)).graph()).isEqualTo(graph);
  }

  @Test
  void emptyMasksAreDiagnosed() {
    Graph graph =
        Graph.of(
            "empty",
            Map.of("x", TensorType.floats(Shape.of(3, 0))),
            List.of("weights"),
            List.of(
                new Node(
                    "masking",
                    new Binary(BinaryFunction.ADD),
                    List.of("x", "mask"),
                    List.of("sum")),
                new Node("softmax", new Softmax(1), List.of("sum"), List.of("weights"))),
            Map.of("mask", floats(Shape.of(3, 0))));
    Ranges ranges = Ranges.of(Map.of("x", Range.ZERO, "sum", Range.ZERO, "weights", Range.ZERO));

    assertThatThrownBy(() -> Quantizer.quantize(graph, ranges))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("has no elements");
  }

  private static Graph added(Tensor.Floats mask, int axis, List<String> outputs) {
    return graph(
        new Binary(BinaryFunction.ADD), List.of("x", "mask"), axis, outputs, Map.of("mask", mask));
  }

  private static Graph graph(
      Operator masking,
      List<String> inputs,
      int axis,
      List<String> outputs,
      Map<String, Tensor> constants) {
    return Graph.of(
        "masked",
        Map.of("x", TensorType.floats(SHAPE)),
        outputs,
        List.of(
            new Node("masking", masking, inputs, List.of("sum")),
            new Node("softmax", new Softmax(axis), List.of("sum"), List.of("weights"))),
        constants);
  }

  private static Ranges ranges(Graph graph) {
    double least = 0;
    for (float sum : ((Tensor.Floats) values(graph).get("sum")).values()) {
      least = Math.min(least, Float.isFinite(sum) ? sum : 0);
    }
    return new Ranges(
        Map.of("x", new Range(-2, 2), "sum", new Range(least, 2), "weights", new Range(0, 1)),
        Map.of(),
        ActivationScheme.ASYMMETRIC);
  }

  private static Map<String, Tensor> values(Graph graph) {
    return new Interpreter(graph).runAll(Map.of("x", NUMBERS), Map.of());
  }

  /** A weight changes by a quarter of the change of a number at most; sums and numbers round. */
  private static void assertIsSoftmax(Graph graph) {
    QuantizedGraph quantized = Quantizer.quantize(graph, ranges(graph));
    byte[] image = MemoryImage.quantized(NUMBERS, quantized.tensor("x"));
    float[] wanted = ((Tensor.Floats) values(graph).get("weights")).values();

    float[] actual =
        MemoryImage.real(
                new GoldenModel(quantized).run(List.of(image)).get(0), quantized.tensor("weights"))
            .values();

    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) actual[i]).as("weight %d", i).isCloseTo(wanted[i], within(0.02));
    }
  }

  private static Tensor.Floats floats(Shape shape, float... values) {
    return new Tensor.Floats(shape, values);
  }
}

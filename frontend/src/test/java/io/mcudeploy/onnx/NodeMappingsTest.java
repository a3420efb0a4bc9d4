package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NodeMappingsTest {
  @TempDir Path folder;

  private Graph read(OneNodeModel model) throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), model.toBytes());
    return OnnxImporter.read(file, ImportOptions.none(), diagnostic -> {});
  }

  private static OneNodeModel of(String opType, int opset) {
    return new OneNodeModel(opType, opset);
  }

  static Stream<Arguments> rejected() {
    return Stream.of(
        arguments(
            of("Reshape", 13).feed(2, 3).feed(2),
            Code.E0202,
            "input 1 of Reshape (`input1`) must be a constant"),
        arguments(
            of("Reshape", 13).feed(2, 3).floats(2),
            Code.E0202,
            "input 1 of Reshape must hold integers"),
        arguments(
            of("Reshape", 13).feed(2, 3).integers(4, 2),
            Code.E0203,
            "Reshape cannot turn [2, 3] of 6 elements into [4, 2] of 8"),
        arguments(
            of("MaxPool", 12).feed(1, 1, 4, 4).withList("kernel_shape", 2, 2).outputs(2),
            Code.E0202,
            "output 1 of MaxPool is not supported"),
        arguments(
            of("Conv", 13).feed(1, 1, 4, 4, 4).floats(1, 1, 2, 2, 2),
            Code.E0202,
            "Conv is supported in one and two dimensions"),
        arguments(
            of("Conv", 13).feed(1, 3, 4, 4).floats(8, 4, 2, 2),
            Code.E0203,
            "an image of 3 channels does not fit 8 filters of 4 channels"),
        arguments(
            of("Conv", 13).feed(1, 3, 4, 4).floats(8, 3, 2, 2).withList("strides", 0, 1),
            Code.E0203,
            "kernels, strides and dilations are at least 1, not 0x1"),
        arguments(
            of("Conv", 13).feed(1, 3, 4, 4).floats(8, 3, 2, 2).withList("pads", 1, 1),
            Code.E0202,
            "attribute `pads` has 2 entries"),
        arguments(
            of("Softmax", 13).feed(2, 3).with("axis", 5),
            Code.E0202,
            "axis 5 is out of range for 2 dimensions"),
        arguments(
            of("Softmax", 13).feed(2, 3).with("axis", 1f),
            Code.E0102,
            "attribute `axis` of Softmax has a wrong type"),
        arguments(of("Cast", 13).feed(2, 3).with("to", 8), Code.E0202, "Cast to STRING"),
        arguments(
            of("Einsum", 13).feed(3, 3).with("equation", "ii->i"),
            Code.E0202,
            "equation `ii->i` uses a letter twice in one operand"),
        arguments(
            of("Squeeze", 13).feed(2, 3).integers(0),
            Code.E0202,
            "Squeeze of axis 0, which is not 1 in [2, 3]"),
        arguments(
            of("Split", 13).feed(6).integers(2, 3).outputs(2),
            Code.E0202,
            "Split of 6 elements into [2, 3] for 2 outputs"),
        arguments(
            of("BatchNormalization", 14)
                .feed(1, 3, 2, 2)
                .floats(3)
                .floats(3)
                .floats(3)
                .floats(3)
                .with("training_mode", 1),
            Code.E0202,
            "training_mode=1"));
  }

  @ParameterizedTest
  @MethodSource("rejected")
  void rejectsWithWordsThatNameTheNode(OneNodeModel model, Code code, String message) {
    DiagnosticException thrown = catchThrowableOfType(DiagnosticException.class, () -> read(model));

    Diagnostic diagnostic = thrown.diagnostic();
    assertThat(diagnostic.code()).isEqualTo(code);
    assertThat(diagnostic.message()).contains(message);
    assertThat(diagnostic.location()).isInstanceOf(Location.Node.class);
    assertThat(((Location.Node) diagnostic.location()).node()).isEqualTo("the-node");
  }

  @Test
  void tableIsInAlphabeticalOrderWithinEachDomain() {
    assertThat(NodeMappings.all())
        .isSortedAccordingTo(
            Comparator.comparing(SupportedOperator::domain)
                .thenComparing(SupportedOperator::opType));
  }

  @Test
  void bracketsConvolutionsAndLeavesThemTheirName() throws IOException {
    Graph graph = read(of("Conv", 13).feed(1, 3, 5, 5).floats(8, 3, 2, 2));

    assertThat(graph.nodes())
        .extracting(Node::name)
        .containsExactly("the-node/nhwc", "the-node", "the-node/Transpose");
    assertThat(graph.outputs()).containsExactly("output0");
    assertThat(graph.type("output0")).isEqualTo(TensorType.floats(Shape.of(1, 8, 4, 4)));
    assertThat(graph.constants()).containsOnlyKeys("the-node/weights");
  }

  @Test
  void foldsShapesAway() throws IOException {
    Graph graph = read(of("Shape", 13).feed(2, 3));

    assertThat(graph.nodes()).isEmpty();
    assertThat(graph.constants()).containsOnlyKeys("output0");
  }

  @Test
  void keepsTheNameOfAnOutputThatIsAnInput() throws IOException {
    Graph graph = read(of("Identity", 13).feed(2, 3));

    assertThat(graph.outputs()).containsExactly("output0");
  }

  @Test
  void makesGemmWithConstantMatrixOneLayer() throws IOException {
    Graph graph =
        read(of("Gemm", 13).feed(1, 5).floats(5, 3).floats(1).with("alpha", 2f).with("beta", 3f));

    assertThat(graph.nodes())
        .extracting(Node::operator)
        .containsExactly(new FullyConnected(Activation.NONE));
  }

  @Test
  void picksRunsOfIndicesBySlicing() throws IOException {
    Graph graph = read(of("Gather", 13).feed(4, 5).integers(1, 2));

    assertThat(graph.nodes())
        .extracting(Node::operator)
        .containsExactly(new Slice(List.of(1, 0), List.of(2, 5), List.of(1, 1)));
  }

  @Test
  void readsTheLimitsOfTheTypeAsNone() throws IOException {
    Graph graph = read(of("Clip", 9).feed(2, 3).with("min", 0f));

    assertThat(graph.nodes())
        .extracting(Node::operator)
        .containsExactly(new Unary(new UnaryFunction.Clamp(Activation.RELU)));
  }
}

package io.mcudeploy.onnx;

import static io.mcudeploy.onnx.ModelText.attribute;
import static io.mcudeploy.onnx.ModelText.bool;
import static io.mcudeploy.onnx.ModelText.graph;
import static io.mcudeploy.onnx.ModelText.model;
import static io.mcudeploy.onnx.ModelText.node;
import static io.mcudeploy.onnx.ModelText.tensor;
import static io.mcudeploy.onnx.ModelText.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.AttributeProto.AttributeType;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.NodeProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import io.mcudeploy.onnx.proto.TypeProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Loops that run equally often for every input are written out; ONNX Runtime runs them as loops.
 */
class LoopTest {
  private static final Tensor INPUT =
      new Tensor.Floats(Shape.of(3, 2), new float[] {1, -2, 3, 0.5f, 4, -1});

  @TempDir Path folder;

  @Test
  void aLoopCarriesValuesAndCollectsOthers() throws OrtException {
    agrees(
        loop("trips", counting("x", true))
            .addInitializer(integer("trips", 3))
            .addOutput(floats("y", 3, 2))
            .addOutput(floats("all", 3, 3, 2)));
  }

  @Test
  void aLoopEndsWhenItsConditionSaysSo() throws OrtException {
    GraphProto.Builder body =
        counting("x", false)
            .addInitializer(integer("last", 1))
            .addNode(node("Less", List.of("i", "last"), List.of("go")));
    agrees(loop("", body).addOutput(floats("y", 3, 2)).addOutput(floats("all", 2, 3, 2)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aScanRunsOnceForEachSlice(int backward) throws OrtException {
    GraphProto.Builder body =
        graph()
            .setName("body")
            .addInput(floats("sum", 2))
            .addInput(floats("row", 2))
            .addNode(node("Add", List.of("sum", "row"), List.of("next")))
            .addNode(node("Identity", List.of("next"), List.of("seen")))
            .addOutput(floats("next", 2))
            .addOutput(floats("seen", 2));
    agrees(
        graph()
            .addInput(value("x", 3, 2))
            .addInitializer(zeros("zero", 2))
            .addNode(
                node("Scan", List.of("zero", "x"), List.of("y", "all"))
                    .addAttribute(attribute("body", body))
                    .addAttribute(integer("num_scan_inputs", AttributeType.INT, 1))
                    .addAttribute(integer("scan_input_directions", AttributeType.INTS, backward))
                    .addAttribute(integer("scan_output_axes", AttributeType.INTS, 1)))
            .addOutput(floats("y", 2))
            .addOutput(floats("all", 2, 3)));
  }

  @Test
  void rejectsLoopsWhoseLengthIsNotKnown() {
    assertRejected(
        loop("trips", counting("x", true)).addInput(integers("trips")),
        "E0202",
        "the trip count depends on the network's input");
    GraphProto.Builder body =
        counting("x", false)
            .addNode(node("ReduceSum", List.of("v"), List.of("total")).addAttribute(keep()))
            .addNode(node("Less", List.of("total", "limit"), List.of("go")))
            .addInitializer(zeros("limit"));
    assertRejected(loop("", body), "E0202", "the condition after iteration 0 depends");
  }

  @Test
  void rejectsLoopsThatDoNotEnd() {
    assertRejected(loop("", counting("x", true)), "E0202", "100000 nodes when written out");
    assertRejected(
        loop("trips", counting("x", true)).addInitializer(integer("trips", Long.MAX_VALUE)),
        "E0202",
        "100000 nodes");
  }

  @Test
  void rejectsBodiesThatDoNotFit() {
    assertRejected(
        loop("trips", graph().addInput(integers("i"))).addInitializer(integer("trips", 2)),
        "E0102",
        "does not fit");
    assertRejected(
        graph().addInput(value("x", 3, 2)).addNode(node("Scan", List.of("x"), List.of("y", "all"))),
        "E0102",
        "does not fit");
  }

  /** Adds the iteration's number and {@code x}, from outside, to what is carried. */
  private static GraphProto.Builder counting(String outside, boolean endless) {
    GraphProto.Builder body =
        graph()
            .setName("body")
            .addInput(integers("i"))
            .addInput(truth("goes"))
            .addInput(floats("v", 3, 2))
            .addNode(
                node("Cast", List.of("i"), List.of("step"))
                    .addAttribute(integer("to", AttributeType.INT, DataType.FLOAT_VALUE)))
            .addNode(node("Add", List.of("v", "step"), List.of("raised")))
            .addNode(node("Mul", List.of("raised", outside), List.of("carried")))
            .addNode(node("Neg", List.of("carried"), List.of("kept")))
            .addOutput(truth("go"))
            .addOutput(floats("carried", 3, 2))
            .addOutput(floats("kept", 3, 2));
    if (endless) {
      body.addNode(node("Identity", List.of("goes"), List.of("go")));
    }
    return body;
  }

  private static GraphProto.Builder loop(String trips, GraphProto.Builder body) {
    NodeProto.Builder loop = node("Loop", List.of(trips, "yes", "x"), List.of("y", "all"));
    return graph()
        .addInput(value("x", 3, 2))
        .addInitializer(bool("yes", true))
        .addNode(loop.setName("the-loop").addAttribute(attribute("body", body)));
  }

  private void agrees(GraphProto.Builder graph) throws OrtException {
    Path file = ModelText.write(folder, model(graph));
    Graph read = OnnxImporter.read(file, ImportOptions.none(), diagnostic -> {});
    assertThat(read.nodes()).noneMatch(node -> node.operator().kind().equals("Loop"));
    List<Tensor> actual = new Interpreter(read).run(Map.of("x", INPUT));
    try (OnnxRuntime runtime = new OnnxRuntime(model(graph).toByteArray())) {
      List<Tensor> expected = runtime.run(Map.of("x", INPUT));
      for (int i = 0; i < expected.size(); i++) {
        NumberAssertions.assertClose(actual.get(i), expected.get(i), 1e-6, 1e-6);
      }
    }
  }

  private void assertRejected(GraphProto.Builder graph, String... parts) {
    if (graph.getOutputCount() == 0) {
      graph.addOutput(ModelText.output("y"));
    }
    Path file = ModelText.write(folder, model(graph));
    assertThatThrownBy(() -> OnnxImporter.read(file, ImportOptions.none(), diagnostic -> {}))
        .hasMessageContainingAll(parts);
  }

  private static ValueInfoProto floats(String name, Integer... dims) {
    return value(name, (Object[]) dims);
  }

  private static ValueInfoProto integers(String name) {
    return scalar(name, DataType.INT64_VALUE);
  }

  private static ValueInfoProto truth(String name) {
    return scalar(name, DataType.BOOL_VALUE);
  }

  private static ValueInfoProto scalar(String name, int type) {
    ValueInfoProto.Builder scalar = value(name).toBuilder();
    TypeProto.Tensor tensor = scalar.getType().getTensorType();
    return scalar
        .setType(TypeProto.newBuilder().setTensorType(tensor.toBuilder().setElemType(type)))
        .build();
  }

  private static TensorProto integer(String name, long value) {
    return tensor(DataType.INT64).setName(name).addInt64Data(value).build();
  }

  private static TensorProto zeros(String name, long... dims) {
    TensorProto.Builder zeros = tensor(DataType.FLOAT, dims).setName(name);
    for (long i = Arrays.stream(dims).reduce(1, (a, b) -> a * b); i > 0; i--) {
      zeros.addFloatData(0);
    }
    return zeros.build();
  }

  private static AttributeProto keep() {
    return integer("keepdims", AttributeType.INT, 0);
  }

  private static AttributeProto integer(String name, AttributeType type, long value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name).setType(type);
    return type == AttributeType.INT
        ? attribute.setI(value).build()
        : attribute.addInts(value).build();
  }
}

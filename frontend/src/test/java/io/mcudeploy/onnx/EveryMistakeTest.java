package io.mcudeploy.onnx;

import static io.mcudeploy.onnx.ModelText.graph;
import static io.mcudeploy.onnx.ModelText.model;
import static io.mcudeploy.onnx.ModelText.node;
import static io.mcudeploy.onnx.ModelText.output;
import static io.mcudeploy.onnx.ModelText.tensor;
import static io.mcudeploy.onnx.ModelText.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.network.Network;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.AttributeProto.AttributeType;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.OperatorSetIdProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import io.mcudeploy.quantization.Rejections;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user learns of all that is wrong with a network at once. */
class EveryMistakeTest {
  @TempDir Path folder;

  @Test
  void theImporterNamesEveryNodeThatItRejects() {
    GraphProto.Builder graph =
        graph()
            .addInput(value("x", 1, 4))
            .addNode(node("Relux", List.of("x"), List.of("a")))
            .addNode(node("Relu", List.of("a"), List.of("b")))
            .addNode(node("Squeeze", List.of("x"), List.of("c")).addAttribute(axes(1)))
            .addNode(node("Transpose", List.of("x"), List.of("d")).addAttribute(perm(0)))
            .addNode(node("Concat", List.of("b", "c", "d"), List.of("y")))
            .addOutput(output("y"));
    List<Diagnostic> reported = new ArrayList<>();
    Path file =
        ModelText.write(folder, model(graph).toBuilder().setOpsetImport(0, opset(11)).build());
    assertThatThrownBy(() -> OnnxImporter.read(file, ImportOptions.none(), reported::add))
        .hasMessageContainingAll("E0203", "`d`");
    assertThat(reported).extracting(Diagnostic::code).containsExactly(Code.E0201, Code.E0202);
    assertThat(reported.get(1).toString()).contains("`c`");
  }

  @Test
  void everyNodeWithoutIntegerArithmeticIsFoundBeforeCalibration() {
    int wide = 140_000;
    TensorProto.Builder weights = tensor(DataType.FLOAT, wide, 1).setName("w");
    for (int i = 0; i < wide; i++) {
      weights.addFloatData(1);
    }
    GraphProto.Builder graph =
        graph()
            .addInput(value("x", 2, 1, 4, 4))
            .addInput(value("e", 2, 1, 4, 4))
            .addInput(value("z", 1, wide))
            .addInitializer(weights)
            .addNode(node("Pow", List.of("x", "e"), List.of("power")))
            .addNode(node("Relu", List.of("power"), List.of("clipped")))
            .addNode(node("Pow", List.of("clipped", "e"), List.of("tower")))
            .addNode(node("Relu", List.of("tower"), List.of("fine")))
            .addNode(node("MatMul", List.of("z", "w"), List.of("sum")))
            .addOutput(output("fine"))
            .addOutput(output("sum"));
    Path file = ModelText.write(folder, model(graph));
    Graph network = Network.read(file, ImportOptions.none(), diagnostic -> {}).graph();
    List<Diagnostic> found = Rejections.of(network);
    assertThat(found)
        .extracting(Diagnostic::code)
        .containsExactlyInAnyOrder(Code.E0304, Code.E0304, Code.E0303);
    assertThat(found.toString()).contains("`power`", "`tower`", "`sum`");
  }

  private static AttributeProto axes(long axis) {
    return list("axes", axis);
  }

  private static AttributeProto perm(long axis) {
    return list("perm", axis);
  }

  private static AttributeProto list(String name, long... values) {
    AttributeProto.Builder list =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long value : values) {
      list.addInts(value);
    }
    return list.build();
  }

  private static OperatorSetIdProto opset(int version) {
    return OperatorSetIdProto.newBuilder().setVersion(version).build();
  }
}

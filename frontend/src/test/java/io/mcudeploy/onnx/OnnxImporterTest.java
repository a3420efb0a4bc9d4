package io.mcudeploy.onnx;

import static io.mcudeploy.onnx.ModelText.attribute;
import static io.mcudeploy.onnx.ModelText.bool;
import static io.mcudeploy.onnx.ModelText.graph;
import static io.mcudeploy.onnx.ModelText.ints;
import static io.mcudeploy.onnx.ModelText.model;
import static io.mcudeploy.onnx.ModelText.node;
import static io.mcudeploy.onnx.ModelText.output;
import static io.mcudeploy.onnx.ModelText.value;
import static io.mcudeploy.onnx.ModelText.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.onnx.proto.FunctionProto;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.ModelProto;
import io.mcudeploy.onnx.proto.OperatorSetIdProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxImporterTest {
  @TempDir Path folder;
  private final List<Diagnostic> warnings = new ArrayList<>();

  private Graph read(ModelProto model, ImportOptions options) {
    return OnnxImporter.read(write(folder, model), options, warnings::add);
  }

  private Graph read(GraphProto.Builder graph) {
    return read(model(graph), ImportOptions.none());
  }

  private static GraphProto.Builder relu(Object... dims) {
    return graph()
        .addInput(value("x", dims))
        .addNode(node("Relu", List.of("x"), List.of("y")))
        .addOutput(output("y"));
  }

  private void assertRejected(GraphProto.Builder graph, String... words) {
    assertThatThrownBy(() -> read(graph))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void readsASmallNetwork() {
    Graph graph = read(relu(1, 4));
    assertThat(graph.inputs()).containsOnlyKeys("x");
    assertThat(graph.outputs()).containsExactly("y");
    assertThat(graph.type("y").shape()).isEqualTo(Shape.of(1, 4));
    assertThat(graph.nodes()).hasSize(1);
    assertThat(warnings).isEmpty();
  }

  @Test
  void fixesABatchDimensionThatIsLeftOpen() {
    for (String batch : List.of("", "N", "batch_size", "unk__6", "s0")) {
      assertThat(read(relu(batch, 4)).type("x").shape()).isEqualTo(Shape.of(1, 4));
    }
  }

  @Test
  void asksForEveryOtherOpenDimension() {
    assertRejected(relu("N", "height", ""), "E0204", "--dim height=<extent>", "--dim x:2=<extent>");
    assertRejected(relu("time", 4), "E0204", "--dim time=<extent>");
    ImportOptions options = new ImportOptions(Map.of("height", 8, "x:2", 6), List.of());
    assertThat(read(model(relu("N", "height", "")), options).type("y").shape())
        .isEqualTo(Shape.of(1, 8, 6));
  }

  @Test
  void rejectsAnExtentForNoDimension() {
    ImportOptions options = new ImportOptions(Map.of("hieght", 8, "height", 8), List.of());
    assertThatThrownBy(() -> read(model(relu("N", "height")), options))
        .hasMessageContainingAll("E0205", "hieght", "did you mean `height`?");
  }

  @Test
  void takesInitialisersThatAreAlsoInputsAsConstants() {
    Graph graph =
        read(
            graph()
                .addInput(value("x", 1, 4))
                .addInput(value("shape", 2))
                .addInitializer(ints("shape", 2L, 2L))
                .addNode(node("Reshape", List.of("x", "shape"), List.of("y")))
                .addOutput(output("y")));
    assertThat(graph.inputs()).containsOnlyKeys("x");
    assertThat(graph.type("y").shape()).isEqualTo(Shape.of(2, 2));
  }

  @Test
  void sortsNodesAndLeavesOutThoseThatNoOutputNeeds() {
    Graph graph =
        read(
            graph()
                .addInput(value("x", 1, 4))
                .addInput(value("label", "count"))
                .addNode(node("Relu", List.of("h"), List.of("y")))
                .addNode(node("Sigmoid", List.of("x"), List.of("h")))
                .addNode(node("Mystery", List.of("label"), List.of("unused")))
                .addOutput(output("y")));
    assertThat(graph.nodes()).extracting(Node::name).containsExactly("h", "y");
    assertThat(graph.inputs()).containsOnlyKeys("x");
  }

  @Test
  void keepsTheOutputsAskedFor() {
    GraphProto.Builder graph =
        graph()
            .addInput(value("x", 1, 4))
            .addNode(node("Relu", List.of("x"), List.of("hidden")))
            .addNode(node("Mystery", List.of("hidden"), List.of("y")))
            .addOutput(output("y"));
    Graph kept = read(model(graph), new ImportOptions(Map.of(), List.of("hidden")));
    assertThat(kept.outputs()).containsExactly("hidden");
    assertThatThrownBy(() -> read(model(graph), new ImportOptions(Map.of(), List.of("hiden"))))
        .hasMessageContainingAll("E0205", "did you mean `hidden`?");
  }

  @Test
  void namesAllUnsupportedOperatorsAtOnce() {
    assertRejected(
        graph()
            .addInput(value("x", 1, 4))
            .addNode(node("Relux", List.of("x"), List.of("a")).setName("first"))
            .addNode(node("Relux", List.of("a"), List.of("b")))
            .addNode(node("Relu", List.of("b"), List.of("c")).setDomain("com.acme"))
            .addOutput(output("c")),
        "E0201",
        "node `first` (Relux)",
        "`Relux` (2 nodes)",
        "Relux: `first`, `b`",
        "com.acme.Relu",
        "did you mean `Relu`?",
        "supported are");
  }

  @Test
  void rejectsCyclesAndValuesThatAreUndefinedOrDefinedTwice() {
    assertRejected(
        graph()
            .addInput(value("x", 1, 4))
            .addNode(node("Add", List.of("x", "b"), List.of("a")))
            .addNode(node("Relu", List.of("a"), List.of("b")))
            .addOutput(output("b")),
        "E0102",
        "waits for its own result");
    assertRejected(
        graph()
            .addInput(value("x", 1, 4))
            .addNode(node("Add", List.of("x", "nowhere"), List.of("y")))
            .addOutput(output("y")),
        "E0102",
        "`nowhere`");
    assertRejected(relu(1, 4).addNode(node("Relu", List.of("x"), List.of("y"))), "defined twice");
    assertRejected(relu(1, 4).addNode(node("Relu", List.of("x"), List.of("x"))), "defined twice");
    assertRejected(relu(1, 4).addOutput(output("z")), "E0102", "`z`");
  }

  @Test
  void namesNodeAndShapesWhereInputsDoNotFit() {
    assertRejected(
        graph()
            .addInput(value("x", 1, 4))
            .addInput(value("w", 1, 3))
            .addNode(node("Add", List.of("x", "w"), List.of("y")).setName("sum"))
            .addOutput(output("y")),
        "E0203",
        "`sum`",
        "float[1, 4]",
        "float[1, 3]");
  }

  @Test
  void inlinesFunctionsWithTheirAttributes() {
    FunctionProto function =
        FunctionProto.newBuilder()
            .setDomain("mine")
            .setName("TwiceRelu")
            .addInput("in")
            .addOutput("out")
            .addNode(node("Relu", List.of("in"), List.of("h")).setName("inner"))
            .addNode(node("Relu", List.of("h"), List.of("out")))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
            .build();
    ModelProto model =
        model(
                graph()
                    .addInput(value("x", 1, 4))
                    .addNode(call("x", "m").setName("f"))
                    .addNode(call("m", "y").setName("g"))
                    .addOutput(output("y")))
            .toBuilder()
            .addFunctions(function)
            .build();
    Graph graph = read(model, ImportOptions.none());
    assertThat(graph.nodes()).hasSize(4);
    assertThat(graph.nodes().get(0).name()).isEqualTo("f/inner");
    assertThat(graph.outputs()).containsExactly("y");
  }

  private static io.mcudeploy.onnx.proto.NodeProto.Builder call(String in, String out) {
    return node("TwiceRelu", List.of(in), List.of(out)).setDomain("mine");
  }

  @Test
  void rejectsFunctionsThatCallThemselvesOrGrowWithoutEnd() {
    FunctionProto.Builder recursive =
        FunctionProto.newBuilder().setDomain("mine").setName("TwiceRelu");
    ModelProto.Builder model =
        model(graph().addInput(value("x", 1, 4)).addNode(call("x", "y")).addOutput(output("y")))
            .toBuilder();
    assertThatThrownBy(
            () ->
                read(
                    model
                        .clone()
                        .addFunctions(
                            recursive.clone().addInput("i").addOutput("o").addNode(call("i", "o")))
                        .build(),
                    ImportOptions.none()))
        .hasMessageContainingAll("E0102", "calls itself");

    FunctionProto.Builder first = recursive.clone().addInput("i").addOutput("o");
    first.addNode(node("F0", List.of("i"), List.of("o")).setDomain("mine"));
    model.addFunctions(first);
    for (int level = 0; level < 40; level++) {
      FunctionProto.Builder doubling =
          FunctionProto.newBuilder().setDomain("mine").setName("F" + level).addInput("i");
      String next = "F" + (level + 1);
      doubling.addOutput("o").addNode(node(next, List.of("i"), List.of("h")).setDomain("mine"));
      doubling.addNode(node(next, List.of("h"), List.of("o")).setDomain("mine"));
      model.addFunctions(doubling);
    }
    assertThatThrownBy(() -> read(model.build(), ImportOptions.none()))
        .hasMessageContainingAll("E0102");
  }

  @Test
  void takesTheBranchThatAConstantDecides() {
    for (boolean condition : List.of(true, false)) {
      GraphProto.Builder graph =
          graph()
              .addInput(value("x", 1, 4))
              .addInitializer(bool("decision", condition))
              .addNode(
                  node("If", List.of("decision"), List.of("y"))
                      .addAttribute(attribute("then_branch", branch("Relu")))
                      .addAttribute(attribute("else_branch", branch("Sigmoid"))))
              .addOutput(output("y"));
      Graph read = read(graph);
      assertThat(read.nodes().get(0).operator().kind()).isEqualTo(condition ? "Relu" : "Sigmoid");
      assertThat(read.outputs()).containsExactly("y");
    }
  }

  private static GraphProto.Builder branch(String operator) {
    return graph()
        .addNode(node(operator, List.of("x"), List.of("inner")))
        .addOutput(output("inner"));
  }

  @Test
  void rejectsABranchThatTheInputDecides() {
    assertRejected(
        graph()
            .addInput(value("x", 1))
            .addNode(
                node("If", List.of("x"), List.of("y"))
                    .addAttribute(attribute("then_branch", branch("Relu")))
                    .addAttribute(attribute("else_branch", branch("Sigmoid"))))
            .addOutput(output("y")),
        "E0202",
        "depends on the network's input");
  }

  @Test
  void warnsAboutOperatorSetsItIsNotTestedWith() {
    ModelProto model =
        model(relu(1, 4)).toBuilder()
            .setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(99))
            .build();
    read(model, ImportOptions.none());
    assertThat(warnings).singleElement().asString().contains("W0206", "99");
  }

  @Test
  void rejectsFilesThatAreNotThereOrNoModels() {
    assertThatThrownBy(
            () -> OnnxImporter.read(folder.resolve("none"), ImportOptions.none(), warnings::add))
        .hasMessageContaining("E0101");
    assertThatThrownBy(() -> OnnxImporter.read(folder, ImportOptions.none(), warnings::add))
        .hasMessageContaining("E0101");
    assertThatThrownBy(() -> read(ModelProto.getDefaultInstance(), ImportOptions.none()))
        .hasMessageContaining("E0102");
  }
}

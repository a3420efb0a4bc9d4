package io.mcudeploy.onnx;

import static io.mcudeploy.onnx.ModelText.attribute;
import static io.mcudeploy.onnx.ModelText.bool;
import static io.mcudeploy.onnx.ModelText.graph;
import static io.mcudeploy.onnx.ModelText.ints;
import static io.mcudeploy.onnx.ModelText.model;
import static io.mcudeploy.onnx.ModelText.node;
import static io.mcudeploy.onnx.ModelText.output;
import static io.mcudeploy.onnx.ModelText.tensor;
import static io.mcudeploy.onnx.ModelText.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.AttributeProto.AttributeType;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.NodeProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import io.mcudeploy.passes.Passes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, a user gets a graph or a diagnostic, in bounded time and memory. */
@Timeout(900)
class DamagedModelTest {
  @TempDir Path folder;

  @Test
  void truncatedModelsAreDiagnosed() throws IOException {
    byte[] whole = sample();
    assertThat(outcome(whole)).isEqualTo("graph");
    for (int length = 0; length < whole.length; length += 7) {
      outcome(Arrays.copyOf(whole, length));
    }
    assertThat(outcome(Arrays.copyOf(whole, whole.length - 1))).isEqualTo("E0102");
  }

  @Test
  void modelsWithFlippedBitsAreDiagnosed() throws IOException {
    flipBits(1_000, 1);
  }

  @Test
  @Tag("long")
  void manyModelsWithFlippedBitsAreDiagnosed() throws IOException {
    flipBits(50_000, 2);
  }

  @Test
  void dimensionsThatNoMemoryHoldsAreDiagnosed() throws IOException {
    for (long extent : List.of(-1L, 1L << 20, 1L << 31, 1L << 40, Long.MAX_VALUE)) {
      for (String operator : List.of("Expand", "Tile", "ConstantOfShape", "Reshape")) {
        GraphProto.Builder graph =
            graph()
                .addInput(value("x", 1, 4))
                .addInitializer(tensor(DataType.FLOAT, 1, 1).setName("one").addFloatData(1))
                .addInitializer(ints("shape", extent, extent))
                .addNode(
                    operator.equals("ConstantOfShape")
                        ? node(operator, List.of("shape"), List.of("big"))
                        : node(operator, List.of("one", "shape"), List.of("big")))
                .addNode(node("Mul", List.of("x", "big"), List.of("y")))
                .addOutput(output("y"));
        byte[] bytes = model(graph).toByteArray();
        assertThat(outcome(bytes)).describedAs("%s %d", operator, extent).startsWith("E0");
      }
    }
  }

  @Test
  void inputsThatNoMemoryHoldsAreDiagnosed() throws IOException {
    GraphProto.Builder graph =
        graph()
            .addInput(value("x", 1, Integer.MAX_VALUE))
            .addInitializer(tensor(DataType.FLOAT).setName("half").addFloatData(0.5f))
            .addNode(node("Mul", List.of("x", "half"), List.of("y")))
            .addOutput(output("y"));
    assertThat(outcome(model(graph).toByteArray())).isEqualTo("E0203");
  }

  @Test
  void kernelsThatTakeForeverAreDiagnosed() throws IOException {
    for (long padding : List.of(0L, 1L << 30)) {
      GraphProto.Builder graph =
          graph()
              .addInitializer(numbers("x", 1, 1, 4, 4))
              .addNode(
                  node("AveragePool", List.of("x"), List.of("y"))
                      .addAttribute(integers("kernel_shape", Integer.MAX_VALUE, 2))
                      .addAttribute(integers("dilations", 2, 2))
                      .addAttribute(integers("pads", padding, 0, padding, 0)))
              .addOutput(output("y"));
      assertThat(outcome(model(graph).toByteArray())).isEqualTo("E0203");
    }
  }

  @Test
  void splitsIntoBillionsOfPartsAreDiagnosed() throws IOException {
    GraphProto.Builder graph =
        graph()
            .addInput(value("x", 6))
            .addNode(
                node("Split", List.of("x"), List.of("y"))
                    .addAttribute(integer("num_outputs", 1 << 30)))
            .addOutput(output("y"));
    assertThat(outcome(model(graph).toByteArray())).isEqualTo("E0202");
  }

  @Test
  void statesThatNoMemoryHoldsAreDiagnosed() throws IOException {
    GraphProto.Builder graph =
        graph()
            .addInput(value("x", 1, 1 << 22, 2))
            .addInitializer(numbers("w", 1, 12, 2))
            .addInitializer(numbers("r", 1, 12, 3))
            .addNode(
                node("LSTM", List.of("x", "w", "r"), List.of("", "y"))
                    .addAttribute(integer("hidden_size", 3)))
            .addOutput(output("y"));
    assertThat(outcome(model(graph).toByteArray())).isEqualTo("E0202");
  }

  @Test
  void longChainsAndWideNodesAreRead() throws IOException {
    GraphProto.Builder chain = graph().addInput(value("v0", 1, 4));
    int length = 20_000;
    for (int i = length; i > 0; i--) {
      chain.addNode(node("Relu", List.of("v" + (i - 1)), List.of("v" + i)));
    }
    assertThat(outcome(model(chain.addOutput(output("v" + length))).toByteArray()))
        .isEqualTo("graph");

    GraphProto.Builder wide = graph().addInput(value("x", 1, 4));
    NodeProto.Builder join = NodeProto.newBuilder().setOpType("Concat").addOutput("y");
    join.addAttribute(integer("axis", 0));
    for (int i = 0; i < 20_000; i++) {
      wide.addNode(node("Relu", List.of("x"), List.of("v" + i)));
      join.addInput("v" + i);
    }
    assertThat(outcome(model(wide.addNode(join).addOutput(output("y"))).toByteArray()))
        .isEqualTo("graph");
  }

  @Test
  void subgraphsNestedWithoutEndAreDiagnosed() throws IOException {
    GraphProto.Builder inner = graph().addOutput(output("x"));
    for (int depth = 0; depth < 200; depth++) {
      inner =
          graph()
              .addNode(
                  node("If", List.of("c"), List.of("y"))
                      .addAttribute(attribute("then_branch", inner))
                      .addAttribute(attribute("else_branch", graph())))
              .addOutput(output("y"));
    }
    inner.addInput(value("x", 1)).addInitializer(bool("c", true));
    assertThat(outcome(model(inner).toByteArray())).isEqualTo("E0102");
  }

  @Test
  void filesThatAreNoModelsAreDiagnosed() throws IOException {
    byte[] noise = new byte[4096];
    new Random(3).nextBytes(noise);
    assertThat(outcome(noise)).isEqualTo("E0102");
    assertThat(outcome(new byte[0])).isEqualTo("E0102");
    assertThat(outcome("not a model, but a text".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("E0102");
    assertThatThrownBy(
            () ->
                OnnxImporter.read(
                    folder.resolve("absent.onnx"), ImportOptions.none(), warning -> {}))
        .isInstanceOf(DiagnosticException.class);
  }

  private void flipBits(int count, long seed) throws IOException {
    byte[] whole = sample();
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      byte[] damaged = whole.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      outcome(damaged);
    }
  }

  /** {@code graph}, or the code of the diagnostic; anything else fails the test. */
  private String outcome(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("damaged.onnx"), bytes);
    try {
      var graph = OnnxImporter.read(file, ImportOptions.none(), warning -> {});
      if (graph.nodes().size() < 100) {
        Passes.simplify(graph);
      }
      return "graph";
    } catch (DiagnosticException e) {
      return e.diagnostic().code().name();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      Path kept = Files.write(Files.createTempFile("damaged", ".onnx"), bytes);
      return fail("no diagnostic for " + kept, e);
    }
  }

  /** A network with something of everything the importer decodes. */
  private static byte[] sample() {
    GraphProto.Builder graph =
        graph()
            .addInput(value("x", "N", 2, 6, 6))
            .addInitializer(numbers("w", 4, 2, 3, 3))
            .addInitializer(numbers("s", 4))
            .addInitializer(numbers("fc", 64, 3))
            .addInitializer(ints("two", 2L))
            .addInitializer(ints("pads", 0L, 0L, 1L, 1L, 0L, 0L, 0L, 0L))
            .addInitializer(bool("yes", true))
            .addNode(node("Pad", List.of("x", "pads"), List.of("p")))
            .addNode(
                node("Conv", List.of("p", "w", "s"), List.of("c"))
                    .addAttribute(integers("pads", 0, 0, 1, 1))
                    .addAttribute(integers("strides", 1, 1)))
            .addNode(node("BatchNormalization", List.of("c", "s", "s", "s", "s"), List.of("b")))
            .addNode(
                node("If", List.of("yes"), List.of("r"))
                    .addAttribute(
                        attribute(
                            "then_branch",
                            graph()
                                .addNode(node("Relu", List.of("b"), List.of("i")))
                                .addOutput(output("i"))))
                    .addAttribute(attribute("else_branch", graph().addOutput(output("b")))))
            .addNode(
                node("MaxPool", List.of("r"), List.of("m"))
                    .addAttribute(integers("kernel_shape", 3, 3))
                    .addAttribute(integers("strides", 1, 1)))
            .addNode(node("Shape", List.of("m"), List.of("shape")))
            .addNode(
                node("Gather", List.of("shape", "two"), List.of("height"))
                    .addAttribute(integer("axis", 0)))
            .addNode(node("Expand", List.of("two", "height"), List.of("many")))
            .addNode(node("Flatten", List.of("m"), List.of("f")).addAttribute(integer("axis", 1)))
            .addNode(node("MatMul", List.of("f", "fc"), List.of("l")))
            .addNode(node("Softmax", List.of("l"), List.of("y")).addAttribute(integer("axis", -1)))
            .addOutput(output("y"))
            .addOutput(output("many"));
    return model(graph).toByteArray();
  }

  private static TensorProto numbers(String name, long... dims) {
    TensorProto.Builder tensor = tensor(DataType.FLOAT, dims).setName(name);
    long count = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < count; i++) {
      tensor.addFloatData(0.25f + i % 5);
    }
    return tensor.build();
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  private static AttributeProto integers(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    Arrays.stream(values).forEach(attribute::addInts);
    return attribute.build();
  }
}

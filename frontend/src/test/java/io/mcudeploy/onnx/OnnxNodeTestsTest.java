package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.SharedData;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.ModelProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ONNX project's own tests of single operators: each either gives the expected numbers or a
 * diagnostic, and never another exception.
 *
 * <p>These tests feed everything, even shapes and axes, as inputs of the network. Each is therefore
 * run three times: as it is, with all inputs but the first as constants, as networks have them, and
 * with all inputs as constants, which tests the folding. What is imported must be right every time.
 */
class OnnxNodeTestsTest {
  /** Measured; to be raised whenever more is supported. */
  private static final int SUPPORTED = 371;

  @TempDir Path folder;

  private final Set<String> supported = new TreeSet<>();
  private final Set<String> rejected = new TreeSet<>();

  @TestFactory
  Stream<DynamicTest> agreesWithOnnx() throws IOException {
    Path tests = SharedData.path("onnx-node-tests/node");
    List<Path> folders;
    try (Stream<Path> listed = Files.list(tests)) {
      folders = listed.sorted().toList();
    }
    return Stream.concat(
        folders.stream()
            .map(test -> DynamicTest.dynamicTest(test.getFileName().toString(), () -> run(test))),
        Stream.of(
            DynamicTest.dynamicTest(
                "at least " + SUPPORTED + " are supported",
                () ->
                    assertThat(supported)
                        .as("supported; rejected are " + rejected)
                        .hasSizeGreaterThanOrEqualTo(SUPPORTED))));
  }

  private void run(Path test) throws IOException {
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(test.resolve("model.onnx")));
    String name = test.getFileName().toString();
    List<TensorProto> inputs = tensors(test, "input_");
    List<TensorProto> outputs = tensors(test, "output_");
    int count = model.getGraph().getInputCount();
    boolean imported = false;
    for (int variable : new TreeSet<>(List.of(count, Math.min(count, 1), 0))) {
      imported |= agrees(withConstants(model, inputs, variable), inputs, outputs);
    }
    (imported ? supported : rejected).add(name);
  }

  /** False if the model is rejected with a diagnostic. */
  private boolean agrees(ModelProto model, List<TensorProto> inputs, List<TensorProto> outputs) {
    TensorDecoder decoder = new TensorDecoder(folder);
    List<Tensor> actual;
    List<Tensor> expected;
    try {
      Graph graph =
          OnnxImporter.read(ModelText.write(folder, model), ImportOptions.none(), diagnostic -> {});
      Map<String, Tensor> fed = new HashMap<>();
      for (int i = 0; i < model.getGraph().getInputCount(); i++) {
        fed.put(model.getGraph().getInput(i).getName(), decoder.decode(inputs.get(i)));
      }
      expected = outputs.stream().map(decoder::decode).toList();
      actual = new Interpreter(graph).run(fed);
    } catch (DiagnosticException e) {
      return false;
    }
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      NumberAssertions.assertClose(actual.get(i), expected.get(i), 1e-3, 1e-5);
    }
    return true;
  }

  private static ModelProto withConstants(
      ModelProto model, List<TensorProto> inputs, int variable) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    List<ValueInfoProto> declared = new ArrayList<>(graph.getInputList());
    graph.clearInput().addAllInput(declared.subList(0, variable));
    for (int i = variable; i < declared.size(); i++) {
      graph.addInitializer(inputs.get(i).toBuilder().setName(declared.get(i).getName()));
    }
    return model.toBuilder().setGraph(graph).build();
  }

  private static List<TensorProto> tensors(Path test, String prefix) {
    List<TensorProto> tensors = new ArrayList<>();
    for (int i = 0; ; i++) {
      Path file = test.resolve("test_data_set_0").resolve(prefix + i + ".pb");
      if (!Files.exists(file)) {
        return tensors;
      }
      try {
        tensors.add(TensorProto.parseFrom(Files.readAllBytes(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

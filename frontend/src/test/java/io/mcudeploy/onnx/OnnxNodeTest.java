package io.mcudeploy.onnx;

import io.mcudeploy.SharedData;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One of the ONNX project's own tests of single operators.
 *
 * @param inputs what the model is fed, in the order of its inputs
 * @param outputs what it must give
 */
public record OnnxNodeTest(
    String name, ModelProto model, List<TensorProto> inputs, List<TensorProto> outputs) {
  public OnnxNodeTest {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Where they are in the shared data. */
  static final String FOLDER = "onnx-node-tests/node";

  /** All of them, by name; skips the running test where they are absent. */
  static List<OnnxNodeTest> all() {
    return in(SharedData.path(FOLDER));
  }

  /** The tests in a folder. */
  public static List<OnnxNodeTest> in(Path folder) {
    try (Stream<Path> folders = Files.list(folder)) {
      return folders.sorted().map(OnnxNodeTest::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OnnxNodeTest read(Path folder) {
    try {
      return new OnnxNodeTest(
          folder.getFileName().toString(),
          ModelProto.parseFrom(Files.readAllBytes(folder.resolve("model.onnx"))),
          tensors(folder, "input_"),
          tensors(folder, "output_"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<TensorProto> tensors(Path folder, String prefix) throws IOException {
    List<TensorProto> tensors = new ArrayList<>();
    for (int i = 0; ; i++) {
      Path file = folder.resolve("test_data_set_0").resolve(prefix + i + ".pb");
      if (!Files.exists(file)) {
        return tensors;
      }
      tensors.add(TensorProto.parseFrom(Files.readAllBytes(file)));
    }
  }

  /**
   * How many of its inputs may stay inputs. These tests feed everything, even shapes and axes,
   * which networks have as constants: so all of them, only the first, or none, which tests the
   * folding.
   */
  public TreeSet<Integer> feeds() {
    int count = inputs.size();
    return new TreeSet<>(List.of(count, Math.min(count, 1), 0));
  }

  /** The model with all inputs but the first few as constants. */
  public ModelProto fed(int count) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    List<ValueInfoProto> declared = new ArrayList<>(graph.getInputList());
    graph.clearInput().addAllInput(declared.subList(0, count));
    for (int i = count; i < declared.size(); i++) {
      graph.addInitializer(inputs.get(i).toBuilder().setName(declared.get(i).getName()));
    }
    return model.toBuilder().setGraph(graph).build();
  }

  /** The numbers of the first few inputs, by name. */
  Map<String, Tensor> numbers(int count, TensorDecoder decoder) {
    Map<String, Tensor> numbers = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      numbers.put(model.getGraph().getInput(i).getName(), decoder.decode(inputs.get(i)));
    }
    return numbers;
  }
}

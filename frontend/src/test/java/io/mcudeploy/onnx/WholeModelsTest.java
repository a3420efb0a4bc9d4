package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.SharedData;
import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.Normalization;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Networks that others trained give the numbers that ONNX Runtime gives for them. */
class WholeModelsTest {
  private static final Normalization UNIT = new Normalization(1 / 255.0, 0, List.of(), List.of());

  @Test
  void capsNetForMnistAgreesWithRecordedOutputs() {
    agreesWithRecorded(
        "capsnets/caps_net_mnist.onnx",
        "mnist/t10k-images-idx3-ubyte.gz",
        UNIT,
        "capsnets/caps_net_mnist_ort_t10k.f32.gz");
  }

  @Test
  void capsNetForCifarAgreesWithRecordedOutputs() {
    agreesWithRecorded(
        "capsnets/caps_net_cifar.onnx",
        "cifar10/test_first1000.bin",
        UNIT,
        "capsnets/caps_net_cifar_ort_test1452.f32");
  }

  @Test
  void residualNetworkAgreesWithOnnxRuntime() throws Exception {
    Path model = SharedData.path("mlperf-tiny/ic_pretrainedResnet.onnx");
    Graph graph = OnnxImporter.read(model, ImportOptions.none(), diagnostic -> {});
    String input = graph.inputs().keySet().iterator().next();
    Shape shape = graph.type(input).shape();
    DataSet images =
        DataFile.samples(SharedData.path("cifar10/test_first1000.bin"), shape, Normalization.NONE);
    Interpreter interpreter = new Interpreter(graph);
    try (OnnxRuntime oracle = new OnnxRuntime(Files.readAllBytes(model))) {
      for (int i = 0; i < 10; i++) {
        Map<String, Tensor> fed = Map.of(input, images.sample(i, shape));
        Tensor expected = oracle.run(fed).get(0);
        NumberAssertions.assertClose(interpreter.run(fed).get(0), expected, 1e-4, 1e-5);
      }
    }
  }

  private static void agreesWithRecorded(
      String model, String images, Normalization normalization, String recorded) {
    Graph graph = OnnxImporter.read(SharedData.path(model), ImportOptions.none(), diagnostic -> {});
    String input = graph.inputs().keySet().iterator().next();
    Shape shape = graph.type(input).shape();
    Shape outputShape = graph.type(graph.outputs().get(0)).shape();
    DataSet samples = DataFile.samples(SharedData.path(images), shape, normalization);
    DataSet expected = DataFile.samples(SharedData.path(recorded), outputShape, Normalization.NONE);
    assertThat(expected.size()).isGreaterThanOrEqualTo(samples.size());
    Interpreter interpreter = new Interpreter(graph);
    for (int i = 0; i < 20; i++) {
      Tensor actual = interpreter.run(Map.of(input, samples.sample(i, shape))).get(0);
      NumberAssertions.assertClose(actual, expected.sample(i, outputShape), 1e-4, 1e-5);
    }
  }
}

package io.mcudeploy.capsules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.Normalization;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.OnnxImporter;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.operators.CapsuleRouting.Output;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.operators.CapsuleRouting.SquashOver;
import io.mcudeploy.operators.PrimaryCapsules;
import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.operators.SquashFunction.Kind;
import io.mcudeploy.passes.Passes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The trained networks of "Shifting Capsule Networks from the Cloud to the Deep Edge". */
class PublishedCapsuleNetworksTest {
  private static final SquashFunction SQUASH = new SquashFunction(Kind.HINTON, 0);

  private static final Normalization UNIT = new Normalization(1 / 255.0, 0, List.of(), List.of());

  @Test
  void mnistIsAConvolutionPrimaryCapsulesAndRouting() throws IOException {
    Path data = sharedData();
    Graph graph = recognized(data.resolve("capsnets/caps_net_mnist.onnx"), 6);

    DataSet images =
        DataFile.samples(
            data.resolve("mnist/t10k-images-idx3-ubyte.gz"), Shape.of(1, 28, 28, 1), UNIT);
    try (InputStream packed =
            Files.newInputStream(data.resolve("capsnets/caps_net_mnist_ort_t10k.f32.gz"));
        InputStream expected = new GZIPInputStream(packed)) {
      compare(graph, images, expected);
    }
  }

  @Test
  void cifarIsConvolutionsPrimaryCapsulesAndRouting() throws IOException {
    Path data = sharedData();
    Graph graph = recognized(data.resolve("capsnets/caps_net_cifar.onnx"), 5);

    DataSet images =
        DataFile.samples(data.resolve("cifar10/test_first1000.bin"), Shape.of(1, 32, 32, 3), UNIT);
    try (InputStream expected =
        Files.newInputStream(data.resolve("capsnets/caps_net_cifar_ort_test1452.f32"))) {
      compare(graph, images, expected);
    }
  }

  private static Graph recognized(Path file, int outputDimension) {
    Graph imported = Passes.simplify(OnnxImporter.read(file, ImportOptions.none(), warning -> {}));

    Recognition recognition = Recognition.of(imported);

    assertThat(recognition.misses()).isEmpty();
    List<Node> nodes = recognition.graph().nodes();
    Node routing = nodes.get(nodes.size() - 1);
    Node primary = nodes.get(nodes.size() - 2);
    assertThat(routing.operator())
        .isEqualTo(
            new CapsuleRouting(
                10,
                outputDimension,
                3,
                SQUASH,
                SquashOver.VECTOR,
                SoftmaxOver.OUTPUT,
                false,
                false,
                Output.LENGTHS));
    assertThat(routing.name()).isEqualTo("capsule");
    assertThat(routing.inputs()).startsWith(primary.output());
    assertThat(primary.operator())
        .isInstanceOfSatisfying(
            PrimaryCapsules.class,
            capsules -> {
              assertThat(capsules.capsuleDimension()).isEqualTo(4);
              assertThat(capsules.squash()).isEqualTo(SQUASH);
            });
    assertThat(recognition.layers()).hasSize(2);
    return recognition.graph();
  }

  /** Compares the first images' lengths with those that ONNX Runtime gave. */
  private static void compare(Graph graph, DataSet images, InputStream expected)
      throws IOException {
    String input = graph.inputs().keySet().iterator().next();
    Shape shape = graph.inputs().get(input).shape();
    Interpreter interpreter = new Interpreter(graph);
    for (int image = 0; image < 20; image++) {
      float[] lengths = new float[10];
      ByteBuffer.wrap(expected.readNBytes(40))
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(lengths);
      Tensor actual = interpreter.run(Map.of(input, images.sample(image, shape))).get(0);
      assertThat(((Tensor.Floats) actual).values()).containsExactly(lengths, within(1e-5f));
    }
  }

  private static Path sharedData() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("shared/data"))) {
      folder = folder.getParent();
    }
    assumeTrue(folder != null, "shared/data is not there");
    return folder.resolve("shared/data");
  }
}

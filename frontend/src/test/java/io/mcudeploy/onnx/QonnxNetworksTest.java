package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.SharedData;
import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.Normalization;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.quantization.Quantizer;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published QONNX networks. */
class QonnxNetworksTest {
  private static final String ESPCN_INPUT = "qonnx/bsd300x3-espcn/test_data/input_0.pb";

  private static final Shape DIGIT = Shape.of(1, 1, 28, 28);

  @Test
  void keywordSpotterGivesThePublishedAnswer() {
    Graph graph = read("kwsmlp_w3a3.onnx");
    Shape shape = Shape.of(1, 1, 10, 49);
    Tensor.Floats sample = numbers("kwsmlp_w3a3_input.npy", shape);
    Tensor.Floats expected = numbers("kwsmlp_w3a3_expected_output.npy", Shape.of(1));

    int answer = largest(real(graph, sample));

    assertThat(answer).isEqualTo((int) expected.values()[0]);
    assertThat(largest(integers(graph, sample, List.of(sample)))).isEqualTo(answer);
  }

  @Test
  void ternaryDigitsNetworkKeepsItsIntegers() {
    Graph graph = read("TFC_2W2A.onnx");
    DataSet digits =
        DataFile.samples(
            SharedData.path("mnist/t10k-images-idx3-ubyte.gz"),
            DIGIT,
            new Normalization(1 / 255.0, 0, List.of(), List.of()));
    List<Integer> labels = DataFile.labels(SharedData.path("mnist/t10k-labels-idx1-ubyte.gz"));
    QuantizedGraph quantized = quantize(graph, digits);

    // Batch normalizations of either sign go into the scales of the ternary weights.
    assertThat(graph.nodes().stream().filter(node -> node.operator() instanceof FullyConnected))
        .allSatisfy(
            node ->
                assertThat(((Tensor.Floats) graph.constants().get(node.inputs().get(1))).encoding())
                    .hasValueSatisfying(
                        encoding ->
                            assertThat(encoding.integers().values()).containsOnly(-1, 0, 1)));
    long same = 0;
    long correct = 0;
    for (int i = 0; i < 500; i++) {
      int real = largest(real(graph, digits.sample(i, DIGIT)));
      int integer = largest(run(quantized, digits.sample(i, DIGIT)));
      same += real == integer ? 1 : 0;
      correct += integer == labels.get(i) ? 1 : 0;
    }
    assertThat(same).isGreaterThanOrEqualTo(495);
    assertThat(correct).isGreaterThanOrEqualTo(455);
  }

  /** Of activations in 16 steps, one that falls on the other side of a step is seen. */
  @ParameterizedTest
  @CsvSource({"subpixel/quant_model, 34", "nn_resize/quant_model, 50", "nn_resize/float_model, 47"})
  @Tag("long")
  void superResolutionInInt8IsCloseToFloat(String model, double least) throws IOException {
    Graph graph = read("bsd300x3-espcn/" + model + ".onnx");
    byte[] file = Files.readAllBytes(SharedData.path(ESPCN_INPUT));
    Tensor.Floats image =
        (Tensor.Floats) new TensorDecoder(Path.of(ESPCN_INPUT)).decode(TensorProto.parseFrom(file));

    double decibels = peakSignalToNoise(real(graph, image), integers(graph, image, List.of(image)));

    System.out.printf("ESPCN %s: %.1f dB between int8 and float%n", model, decibels);
    assertThat(decibels).isGreaterThan(least);
  }

  private static double peakSignalToNoise(float[] expected, float[] actual) {
    double squares = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += Math.pow(expected[i] - actual[i], 2);
    }
    return 10 * Math.log10(expected.length / squares);
  }

  private static float[] real(Graph graph, Tensor.Floats sample) {
    String input = graph.inputs().keySet().iterator().next();
    return ((Tensor.Floats) new Interpreter(graph).run(Map.of(input, sample)).get(0)).values();
  }

  private static float[] integers(Graph graph, Tensor.Floats sample, List<Tensor.Floats> typical) {
    String input = graph.inputs().keySet().iterator().next();
    Samples samples = new Samples(typical.size(), i -> Map.of(input, typical.get(i)));
    Ranges ranges = Calibration.of(graph, samples, RangeMethod.MIN_MAX, done -> {});
    return run(Quantizer.quantize(graph, ranges), sample);
  }

  private static QuantizedGraph quantize(Graph graph, DataSet data) {
    Samples samples = Samples.of(graph, data).first(100);
    return Quantizer.quantize(
        graph, Calibration.of(graph, samples, RangeMethod.MIN_MAX, done -> {}));
  }

  private static float[] run(QuantizedGraph graph, Tensor.Floats sample) {
    QuantizedTensor input = graph.tensor(graph.inputs().get(0));
    QuantizedTensor output = graph.tensor(graph.outputs().get(0));
    byte[] result =
        new GoldenModel(graph).run(List.of(MemoryImage.quantized(sample, input))).get(0);
    return MemoryImage.real(result, output).values();
  }

  private static Tensor.Floats numbers(String file, Shape shape) {
    return DataFile.samples(SharedData.path("qonnx/" + file), shape, Normalization.NONE)
        .sample(0, shape);
  }

  private static Graph read(String file) {
    return Network.read(SharedData.path("qonnx/" + file), ImportOptions.none(), diagnostic -> {})
        .graph();
  }

  private static int largest(float[] values) {
    return IntStream.range(0, values.length)
        .reduce(0, (best, i) -> values[i] > values[best] ? i : best);
  }
}

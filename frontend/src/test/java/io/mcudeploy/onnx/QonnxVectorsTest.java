package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rounding mode and grid of QONNX against the QONNX reference, whose results {@code
 * models/quantized/make_qonnx_vectors.py} wrote.
 */
class QonnxVectorsTest {
  private static final String DOMAIN = "qonnx.custom_op.general";

  @TempDir Path folder;

  static Stream<String> vectors() throws IOException {
    return lines().skip(1);
  }

  private static Stream<String> lines() throws IOException {
    try (InputStream file = QonnxVectorsTest.class.getResourceAsStream("/qonnx/vectors.csv")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines();
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void roundsAsTheReference(String vector) throws IOException {
    String[] fields = vector.split(",", -1);
    float[] x = numbers(lines().findFirst().orElseThrow().substring("# x: ".length()));
    float[] expected = numbers(fields[5]);

    float[] activations = run(fields, x, false);
    float[] weights = run(fields, x, true);

    for (int i = 0; i < x.length; i++) {
      assertThat(activations[i]).as("of %s", x[i]).isCloseTo(expected[i], within(1e-6f));
      assertThat(weights[i]).as("of constant %s", x[i]).isCloseTo(expected[i], within(1e-6f));
    }
  }

  private float[] run(String[] fields, float[] x, boolean constant) {
    GraphWriter writer = new GraphWriter();
    List<String> inputs = new ArrayList<>();
    inputs.add(constant ? constants(writer, x) : writer.input("x", x.length));
    int parameter = 0;
    for (float number : numbers(fields[4])) {
      parameter++;
      inputs.add(writer.real("p" + parameter, number));
    }
    Object[] attributes = {
      "signed",
      Long.valueOf(fields[2]),
      "narrow",
      Long.valueOf(fields[3]),
      "rounding_mode",
      fields[1]
    };
    boolean plain = fields[0].equals("BipolarQuant");
    String quantized =
        writer.node(DOMAIN, fields[0], "quantized", inputs, plain ? new Object[0] : attributes);
    if (constant) {
      // So that the network has an input.
      quantized = writer.node("Add", "sum", List.of(writer.input("zero", x.length), quantized));
    }
    Path file = ModelText.write(folder, writer.model(quantized));
    Graph graph = OnnxImporter.read(file, ImportOptions.none(), diagnostic -> {});
    String input = graph.inputs().keySet().iterator().next();
    Tensor fed = new Tensor.Floats(Shape.of(x.length), constant ? new float[x.length] : x);
    return ((Tensor.Floats) new Interpreter(graph).run(Map.of(input, fed)).get(0)).values();
  }

  private static String constants(GraphWriter writer, float[] x) {
    List<Double> values = new ArrayList<>();
    for (float number : x) {
      values.add((double) number);
    }
    return writer.reals("x", values, List.of((long) x.length));
  }

  private static float[] numbers(String text) {
    double[] values = Arrays.stream(text.split(";")).mapToDouble(Double::parseDouble).toArray();
    float[] numbers = new float[values.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) values[i];
    }
    return numbers;
  }
}

package io.mcudeploy.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.QuantizedGraph;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One tiny network for each operator, against what TFLite's reference kernels make of it: float
 * networks within rounding, int8 networks byte for byte; those with a state one inference after the
 * other, against TFLite Micro. models/tflite/make_operators.py writes them.
 */
class TfliteOperatorsTest {
  private static final double TOLERANCE = 2e-5;

  /** Tables that round once where TFLite's kernels multiply and shift, which rounds twice. */
  private static final Set<String> ROUNDED_ONCE =
      Set.of("leaky_relu_int8", "relu_int8", "relu6_int8", "relu_n1_to_1_int8");

  @TestFactory
  Stream<DynamicTest> networksComputeWhatTfliteComputes() throws Exception {
    Path folder = folder();
    return Files.readAllLines(folder.resolve("vectors.txt")).stream()
        .map(line -> line.split(" "))
        .map(
            fields ->
                dynamicTest(
                    fields[0],
                    () ->
                        check(
                            folder.resolve(fields[0] + ".tflite"),
                            bytes(fields[1]),
                            bytes(fields[2]))));
  }

  private static void check(Path file, ByteBuffer inputs, ByteBuffer outputs) {
    if (file.toString().endsWith("_float.tflite")) {
      checkFloat(file, inputs, outputs);
    } else {
      checkIntegers(file, inputs, outputs);
    }
  }

  private static void checkFloat(Path file, ByteBuffer inputs, ByteBuffer outputs) {
    Graph graph = TfliteFiles.network(file).graph();
    Interpreter interpreter = new Interpreter(graph);
    while (inputs.hasRemaining()) {
      Map<String, Tensor> fed = new LinkedHashMap<>();
      graph.inputs().forEach((name, type) -> fed.put(name, floats(type.shape(), inputs)));
      for (Tensor result : interpreter.run(fed)) {
        for (float value : ((Tensor.Floats) result).values()) {
          float expected = outputs.getFloat();
          assertThat((double) value)
              .isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
        }
      }
    }
    assertThat(outputs.hasRemaining()).isFalse();
  }

  private static void checkIntegers(Path file, ByteBuffer inputs, ByteBuffer outputs) {
    QuantizedGraph graph = TfliteFiles.quantized(file);
    GoldenModel golden = new GoldenModel(graph);
    String name = String.valueOf(file.getFileName()).replace(".tflite", "");
    int tolerance = ROUNDED_ONCE.contains(name) ? 1 : 0;
    List<List<byte[]>> inferences = new ArrayList<>();
    while (inputs.hasRemaining()) {
      List<byte[]> fed = new ArrayList<>();
      for (String input : graph.inputs()) {
        fed.add(next(inputs, graph.tensor(input).bytes()));
      }
      inferences.add(fed);
    }
    for (Map<String, byte[]> tensors : golden.runSequence(inferences)) {
      for (String output : graph.outputs()) {
        byte[] result = tensors.get(output);
        byte[] expected = next(outputs, result.length);
        for (int i = 0; i < result.length; i++) {
          assertThat((int) result[i]).isCloseTo(expected[i], within(tolerance));
        }
      }
    }
    assertThat(outputs.hasRemaining()).isFalse();
  }

  private static Tensor floats(Shape shape, ByteBuffer from) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = from.getFloat();
    }
    return new Tensor.Floats(shape, values);
  }

  private static byte[] next(ByteBuffer from, int count) {
    byte[] bytes = new byte[count];
    from.get(bytes);
    return bytes;
  }

  private static ByteBuffer bytes(String hexadecimal) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hexadecimal)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Path folder() throws URISyntaxException {
    return Path.of(TfliteOperatorsTest.class.getResource("/tflite/vectors.txt").toURI())
        .getParent();
  }
}

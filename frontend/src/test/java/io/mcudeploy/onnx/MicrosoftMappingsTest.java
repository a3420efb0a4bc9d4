package io.mcudeploy.onnx;

import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.ModelProto;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX Runtime's own operators against ONNX Runtime. */
class MicrosoftMappingsTest {
  private static final String DOMAIN = "com.microsoft";

  @TempDir Path folder;

  static Stream<Arguments> operators() {
    return Stream.of(
        operator("Gelu", g -> g.node(DOMAIN, "Gelu", "y", List.of(g.input("x", 3, 4)))),
        operator(
            "QuickGelu",
            g -> g.node(DOMAIN, "QuickGelu", "y", List.of(g.input("x", 3, 4)), "alpha", 1.5f)),
        operator(
            "BiasGelu",
            g -> g.node(DOMAIN, "BiasGelu", "y", List.of(g.input("x", 3, 4), reals(g, "b", 4L)))),
        operator(
            "FastGelu",
            g -> g.node(DOMAIN, "FastGelu", "y", List.of(g.input("x", 3, 4), reals(g, "b", 4L)))),
        operator(
            "FusedConv",
            g ->
                g.node(
                    DOMAIN,
                    "FusedConv",
                    "y",
                    List.of(
                        g.input("x", 1, 2, 5, 5), reals(g, "w", 3L, 2L, 3L, 3L), reals(g, "b", 3L)),
                    "activation",
                    "Relu",
                    "pads",
                    List.of(1L, 1L, 1L, 1L))),
        operator(
            "FusedMatMul",
            g ->
                g.node(
                    DOMAIN,
                    "FusedMatMul",
                    "y",
                    List.of(g.input("x", 4, 3), reals(g, "w", 5L, 4L)),
                    "transA",
                    1L,
                    "transB",
                    1L,
                    "alpha",
                    0.5f)),
        operator(
            "FusedGemm",
            g ->
                g.node(
                    DOMAIN,
                    "FusedGemm",
                    "y",
                    List.of(g.input("x", 2, 4), reals(g, "w", 5L, 4L), reals(g, "b", 5L)),
                    "transB",
                    1L,
                    "activation",
                    "LeakyRelu",
                    "activation_alpha",
                    0.25f)),
        operator(
            "MatMulIntegerToFloat",
            g -> {
              String x = g.input("x", 2, 4);
              String scale = g.real("s", 0.02);
              String zero = g.integers("z", DataType.UINT8, List.of(120), List.of());
              String integers = g.node("QuantizeLinear", "q", List.of(x, scale, zero));
              String weights =
                  g.integers(
                      "w",
                      DataType.INT8,
                      IntStream.range(0, 12).mapToObj(i -> 9 * i - 50).toList(),
                      List.of(4L, 3L));
              String weightScale = g.real("ws", 0.01);
              String weightZero = g.integers("wz", DataType.INT8, List.of(0), List.of());
              return g.node(
                  DOMAIN,
                  "MatMulIntegerToFloat",
                  "y",
                  List.of(integers, weights, scale, weightScale, zero, weightZero));
            }));
  }

  private static Arguments operator(String name, Function<GraphWriter, String> writer) {
    return Arguments.of(name, writer);
  }

  private static String reals(GraphWriter graph, String name, Long... dims) {
    long elements = Stream.of(dims).reduce(1L, (a, b) -> a * b);
    Random random = new Random(4);
    List<Double> values =
        IntStream.range(0, (int) elements).mapToObj(i -> random.nextDouble() * 2 - 1).toList();
    return graph.reals(name, values, List.of(dims));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operators")
  void agreesWithOnnxRuntime(String name, Function<GraphWriter, String> operator) throws Exception {
    GraphWriter writer = new GraphWriter();
    ModelProto model = writer.model(operator.apply(writer));
    Graph graph =
        OnnxImporter.read(ModelText.write(folder, model), ImportOptions.none(), diagnostic -> {});
    Map<String, Tensor> fed = new LinkedHashMap<>();
    Random random = new Random(6);
    graph
        .inputs()
        .forEach(
            (input, type) -> {
              Shape shape = type.shape();
              float[] values = new float[shape.elements()];
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
              }
              fed.put(input, new Tensor.Floats(shape, values));
            });
    Tensor actual = new Interpreter(graph).run(fed).get(0);
    try (OnnxRuntime oracle = OnnxRuntime.literally(model.toByteArray())) {
      NumberAssertions.assertClose(actual, oracle.run(fed).get(0), 1e-4, 1e-5);
    }
  }
}

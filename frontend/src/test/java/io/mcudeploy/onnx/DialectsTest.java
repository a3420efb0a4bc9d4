package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.network.Network;
import io.mcudeploy.onnx.Dialect.Widths;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import io.mcudeploy.quantization.Quantizer;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One network, written in every dialect, becomes one integer graph. */
class DialectsTest {
  @TempDir Path folder;

  static Stream<Arguments> bytes() {
    return Stream.of(
        dialect("QDQ uint8", graph -> new Dialects.Qdq(graph, DataType.UINT8, true)),
        dialect("QDQ unfolded", graph -> new Dialects.Qdq(graph, DataType.INT8, false)),
        dialect("QOperator int8", graph -> new Dialects.QOperator(graph, DataType.INT8)),
        dialect("QOperator uint8", graph -> new Dialects.QOperator(graph, DataType.UINT8)),
        dialect("QCDQ", graph -> new Dialects.Qcdq(graph, 8)),
        dialect("QONNX", graph -> new Dialects.Qonnx(graph, "qonnx.custom_op.general", 8)),
        dialect("FINN", graph -> new Dialects.Qonnx(graph, "finn.custom_op.general", 8)),
        dialect("Brevitas", graph -> new Dialects.Qonnx(graph, "onnx.brevitas", 8)),
        dialect("early QONNX", graph -> new Dialects.Qonnx(graph, "", 8)),
        dialect("several", Dialects.Mixed::new),
        dialect("TFLite", TfliteDialect::new));
  }

  private static Arguments dialect(String name, Function<GraphWriter, Dialect> dialect) {
    return Arguments.of(name, dialect);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bytes")
  void becomesTheIntegersOfQdq(String name, Function<GraphWriter, Dialect> dialect) {
    List<String> expected =
        integers(new Dialects.Qdq(new GraphWriter(), DataType.INT8, true), Widths.BYTES);

    assertThat(integers(dialect.apply(new GraphWriter()), Widths.BYTES)).isEqualTo(expected);
  }

  @Test
  void becomesTheSameIntegersFromQcdqAndQonnxOnNarrowGrids() {
    int bits = Widths.NIBBLES.weightBits();
    List<String> clipped = integers(new Dialects.Qcdq(new GraphWriter(), bits), Widths.NIBBLES);

    assertThat(integers(new Dialects.Qonnx(new GraphWriter(), "", bits), Widths.NIBBLES))
        .isEqualTo(clipped);
  }

  /** The network's layers with all their numbers; tensors go by their order of definition. */
  private List<String> integers(Dialect dialect, Widths widths) {
    Network network =
        Network.read(dialect.write(folder, widths), ImportOptions.none(), diagnostic -> {});
    assertThat(Quantizer.needsCalibration(network.graph())).isFalse();
    QuantizedGraph graph = Quantizer.quantize(network.graph(), Ranges.of(Map.of()));
    Map<String, Integer> numbers = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>();
    graph.inputs().forEach(input -> lines.add(tensor(graph, input, numbers)));
    for (Layer layer : graph.layers()) {
      List<Integer> inputs = layer.inputs().stream().map(numbers::get).toList();
      lines.add(layer.operator() + " of " + inputs);
      layer.outputs().forEach(output -> lines.add(tensor(graph, output, numbers)));
    }
    return lines;
  }

  private static String tensor(QuantizedGraph graph, String name, Map<String, Integer> numbers) {
    numbers.put(name, numbers.size());
    return numbers.get(name)
        + ": "
        + graph.tensor(name).shape()
        + " "
        + graph.tensor(name).quantization();
  }
}

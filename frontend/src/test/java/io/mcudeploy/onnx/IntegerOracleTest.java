package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Operators that compare, choose and index, in integers, against ONNX Runtime on the numbers that
 * the int8 inputs stand for: real outputs within a step of their scale for each layer, integers and
 * truth values equal.
 */
class IntegerOracleTest {
  @TempDir Path folder;

  static Stream<OneNodeModel> cases() {
    return Stream.of(choices(), comparisons(), functions(), indices(), gathers())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithOnnxRuntime(OneNodeModel model) throws Exception {
    Path file = Files.write(folder.resolve("model.onnx"), model.toBytes());
    QuantizedGraph quantized =
        Network.read(file, ImportOptions.none(), diagnostic -> {})
            .quantized(
                Optional.of(Samples.of(List.of(model.fed()))),
                RangeMethod.MIN_MAX,
                diagnostic -> {},
                done -> {});
    Map<String, Tensor> rounded = new LinkedHashMap<>();
    List<byte[]> images = new ArrayList<>();
    for (String input : quantized.inputs()) {
      QuantizedTensor type = quantized.tensor(input);
      Tensor given = model.fed().get(input);
      byte[] image =
          given instanceof Tensor.Integers integers
              ? MemoryImage.of(integers, type.storage())
              : MemoryImage.quantized((Tensor.Floats) given, type);
      images.add(image);
      rounded.put(input, given instanceof Tensor.Integers ? given : MemoryImage.real(image, type));
    }
    List<byte[]> actual = new GoldenModel(quantized).run(images);
    try (OnnxRuntime oracle = new OnnxRuntime(model.toBytes())) {
      List<Tensor> expected = oracle.run(rounded);
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        QuantizedTensor type = quantized.tensor(quantized.outputs().get(i));
        double bound = type.quantization().scale() * quantized.layers().size();
        check(actual.get(i), type, expected.get(i), bound);
      }
    }
  }

  private static void check(byte[] actual, QuantizedTensor type, Tensor expected, double bound) {
    assertThat(type.shape()).isEqualTo(expected.shape());
    if (expected instanceof Tensor.Integers integers) {
      assertThat(MemoryImage.integers(actual, type.storage()))
          .containsExactly(Arrays.stream(integers.values()).asDoubleStream().toArray());
      return;
    }
    float[] got = MemoryImage.real(actual, type).values();
    float[] wanted = ((Tensor.Floats) expected).values();
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) got[i]).as("element %d", i).isCloseTo(wanted[i], within(bound));
    }
  }

  private static OneNodeModel of(String opType, int opset) {
    return new OneNodeModel(opType, opset);
  }

  private static List<OneNodeModel> choices() {
    return List.of(
        of("Max", 13).feed(2, 3, 4).between(-0.5, 2).feed(3, 1),
        of("Min", 13).feed(2, 3, 4).feed(2, 3, 4).between(-0.3, 0.3).floats(4),
        of("PRelu", 9).feed(2, 3, 4).floats(3, 1),
        of("PRelu", 9).feed(2, 3).between(-0.2, 0.7).feed(2, 3),
        of("Where", 9).feedTruths(2, 1).feed(2, 5).between(-3, 1).feed(5),
        of("Where", 9).truths(4, 6).feed(4, 6).floats(),
        of("Where", 9).feedTruths(7).floats().floats(),
        of("Where", 9).feedTruths(2, 3).floats(3).feed(2, 3));
  }

  private static List<OneNodeModel> comparisons() {
    return List.of(
        of("Greater", 13).feed(5, 9).between(-0.6, 0.4).feed(5, 9),
        of("GreaterOrEqual", 16).feed(5, 9).feed(9),
        of("Less", 13).feed(5, 9).floats(),
        of("LessOrEqual", 16).feed(5, 1).between(-2, 2).feed(9),
        of("Equal", 13).feedIntegers(3, 40).feedIntegers(3, 40),
        of("Less", 13).feedIntegers(9, 6, 5).feedIntegers(9, 6, 1),
        of("Equal", 13).feedTruths(12).truths(12),
        of("And", 7).feedTruths(3, 4).feedTruths(4),
        of("Or", 7).feedTruths(3, 4).feedTruths(3, 1),
        of("Xor", 7).feedTruths(12).feedTruths(12),
        of("Not", 7).feedTruths(12),
        of("Cast", 13).feedIntegers(1000, 12).with("to", 6),
        of("Cast", 13).feedTruths(12).with("to", 1),
        of("Cast", 13).feed(12).with("to", 9));
  }

  private static List<OneNodeModel> functions() {
    return List.of(
        of("Abs", 13).feed(2, 9),
        of("Neg", 13).feed(2, 9),
        of("Floor", 13).between(-3, 3).feed(2, 9),
        of("Ceil", 13).between(-3, 3).feed(2, 9),
        of("Round", 11).between(-3, 3).feed(2, 9),
        of("Sign", 13).feed(2, 9),
        of("Pow", 13).feed(2, 9).integer(2),
        of("Max", 13).feed(2, 9).between(0, 0.2).floats());
  }

  private static List<OneNodeModel> indices() {
    return List.of(
        of("ArgMax", 13).feed(2, 5, 3).with("axis", 1),
        of("ArgMax", 13).feed(2, 50).with("axis", -1).with("keepdims", 0),
        of("ArgMax", 13).feed(2, 500).with("axis", 1).with("select_last_index", 1),
        of("ArgMin", 13).feed(2, 5, 3).with("axis", 1),
        of("TopK", 11).feed(3, 9).integers(4).outputs(2),
        of("TopK", 11).feed(3, 9, 2).integers(3).outputs(2).with("axis", 1).with("largest", 0),
        of("TopK", 11).feed(2, 300).integers(7).outputs(2),
        of("OneHot", 11).feedIntegers(5, 2, 3).integer(5).floats(2),
        of("OneHot", 11).feedIntegers(5, 2, 3).integer(4).floats(2).with("axis", 1),
        of("CumSum", 14).feed(2, 5, 3).integer(1),
        of("CumSum", 14).feed(2, 5, 3).integer(-1).with("exclusive", 1),
        of("CumSum", 14).feed(2, 5, 3).integer(0).with("reverse", 1).with("exclusive", 1),
        of("Trilu", 14).feed(2, 4, 5),
        of("Trilu", 14).feed(4, 5).integer(-1).with("upper", 0),
        of("Compress", 11).feed(3, 4).truths(4).with("axis", 1),
        of("Compress", 11).feed(3, 4).truths(9));
  }

  private static List<OneNodeModel> gathers() {
    return List.of(
        of("Gather", 13).feed(4, 5).integers(3, 0, -1),
        of("Gather", 13).feed(3, 7, 2).integers(1, 2, 6, 4).with("axis", 1),
        of("Gather", 13).floats(9, 4).feedIntegers(9, 2, 3),
        of("Gather", 13).feed(3, 6, 2).feedIntegers(6, 4).with("axis", 1),
        of("GatherElements", 13).feed(3, 4).feedIntegers(4, 3, 2).with("axis", 1),
        of("GatherElements", 13).feed(3, 4).feedIntegers(3, 2, 3).with("axis", 0),
        of("GatherElements", 13).feed(5).integers(4, -1, 0, 0).with("axis", 0),
        of("GatherND", 13).feed(4, 5, 2).integers(3, 0),
        of("GatherND", 13).feed(6, 2).integerMatrix(3, 1, 5, 0, 2),
        of("ScatterND", 16).feed(5, 3).integerMatrix(2, 1, 4, 0).feed(2, 3),
        of("ScatterND", 16)
            .feed(5, 3)
            .integerMatrix(2, 2, 4, 0, 0, 2)
            .feed(2)
            .with("reduction", "add"),
        of("ScatterElements", 16)
            .feed(2, 5)
            .integerMatrix(2, 2, 1, 3, 0, 2)
            .between(-3, 3)
            .feed(2, 2)
            .with("axis", 1),
        of("Pad", 13).feed(4, 5, 2).integers(1, 2, 0, 3, 4, 0).with("mode", "reflect"),
        of("Pad", 13).feed(2, 3).integers(1, 2, 0, 1).with("mode", "edge"),
        of("Pad", 19).feed(2, 3).integers(1, 2, 0, 1).with("mode", "wrap"));
  }
}

package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator of CNNs and CapsNets, in the forms of several opsets, against ONNX Runtime. */
class OperatorOracleTest {
  @TempDir Path folder;

  static Stream<OneNodeModel> cases() {
    return Stream.of(
            convolutions(),
            pools(),
            matrices(),
            elementwise(),
            reductions(),
            layout(),
            images(),
            folded())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithOnnxRuntime(OneNodeModel model) throws Exception {
    Path file = Files.write(folder.resolve("model.onnx"), model.toBytes());
    Graph graph = OnnxImporter.read(file, ImportOptions.none(), diagnostic -> {});
    List<Tensor> actual = new Interpreter(graph).run(model.fed());
    try (OnnxRuntime oracle = new OnnxRuntime(model.toBytes())) {
      List<Tensor> expected = oracle.run(model.fed());
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        NumberAssertions.assertClose(actual.get(i), expected.get(i), 1e-4, 1e-5);
      }
    }
  }

  private static OneNodeModel of(String opType, int opset) {
    return new OneNodeModel(opType, opset);
  }

  private static List<OneNodeModel> convolutions() {
    return List.of(
        of("Conv", 11).feed(1, 3, 7, 9).floats(5, 3, 3, 2),
        of("Conv", 11).feed(1, 3, 7, 9).floats(5, 3, 3, 3).floats(5).withList("pads", 1, 0, 2, 1),
        of("Conv", 11).feed(2, 2, 9, 9).floats(4, 2, 3, 3).floats(4).withList("strides", 2, 3),
        of("Conv", 11).feed(1, 2, 9, 9).floats(4, 2, 3, 3).withList("dilations", 2, 3),
        of("Conv", 11).feed(1, 6, 5, 5).floats(6, 1, 3, 3).floats(6).with("group", 6),
        of("Conv", 11).feed(1, 3, 5, 5).floats(6, 1, 3, 3).with("group", 3),
        of("Conv", 11).feed(1, 6, 5, 5).floats(4, 3, 3, 3).with("group", 2),
        of("Conv", 11).feed(1, 2, 6, 7).floats(3, 2, 3, 4).with("auto_pad", "SAME_UPPER"),
        of("Conv", 11)
            .feed(1, 2, 6, 7)
            .floats(3, 2, 3, 4)
            .with("auto_pad", "SAME_LOWER")
            .withList("strides", 2, 2),
        of("Conv", 11).feed(1, 2, 6, 7).floats(3, 2, 3, 3).with("auto_pad", "VALID"),
        of("Conv", 9).feed(1, 4, 11).floats(3, 4, 5).floats(3).withList("pads", 2, 1),
        of("ConvTranspose", 11).feed(1, 3, 4, 5).floats(3, 2, 3, 3).floats(2),
        of("ConvTranspose", 11)
            .feed(1, 4, 4, 5)
            .floats(4, 3, 3, 2)
            .withList("strides", 2, 3)
            .withList("pads", 1, 0, 0, 1)
            .withList("output_padding", 1, 1)
            .with("group", 2),
        of("ConvTranspose", 11).feed(1, 2, 5).floats(2, 3, 3).withList("dilations", 2));
  }

  private static List<OneNodeModel> pools() {
    return List.of(
        of("MaxPool", 12).feed(1, 3, 8, 8).withList("kernel_shape", 2, 2).withList("strides", 2, 2),
        of("MaxPool", 12)
            .feed(1, 3, 8, 7)
            .withList("kernel_shape", 3, 3)
            .withList("strides", 2, 2)
            .withList("pads", 1, 1, 1, 1)
            .with("ceil_mode", 1),
        of("MaxPool", 12)
            .feed(1, 2, 9, 9)
            .withList("kernel_shape", 3, 2)
            .withList("dilations", 2, 3),
        of("MaxPool", 9).feed(1, 2, 9).withList("kernel_shape", 3).withList("strides", 2),
        of("AveragePool", 11)
            .feed(1, 3, 8, 8)
            .withList("kernel_shape", 2, 4)
            .withList("strides", 2, 1),
        of("AveragePool", 11)
            .feed(1, 3, 7, 7)
            .withList("kernel_shape", 3, 3)
            .withList("pads", 1, 1, 1, 1)
            .with("count_include_pad", 1),
        of("AveragePool", 11)
            .feed(1, 3, 7, 7)
            .withList("kernel_shape", 3, 3)
            .with("auto_pad", "SAME_LOWER")
            .withList("strides", 2, 2),
        of("AveragePool", 9).feed(1, 2, 9).withList("kernel_shape", 4),
        of("GlobalAveragePool", 9).feed(1, 3, 5, 4),
        of("GlobalMaxPool", 9).feed(1, 3, 5, 4));
  }

  private static List<OneNodeModel> matrices() {
    return List.of(
        of("Gemm", 11).feed(2, 5).floats(5, 3).floats(3),
        of("Gemm", 11).feed(2, 5).floats(3, 5).floats(1, 3).with("transB", 1),
        of("Gemm", 11).feed(5, 2).floats(5, 3).floats(2, 3).with("transA", 1).with("beta", 0.5f),
        of("Gemm", 11).feed(2, 5).floats(5, 3).floats(1).with("alpha", 0.3f).with("beta", 2f),
        of("Gemm", 11).feed(2, 5).feed(3, 5).with("transB", 1).with("alpha", 0.3f),
        of("MatMul", 13).feed(2, 3, 4).floats(4, 5),
        of("MatMul", 13).feed(4).floats(4, 5),
        of("MatMul", 13).floats(3, 4).feed(4),
        of("MatMul", 13).floats(10, 1, 6, 4).feed(7, 4, 1),
        of("MatMul", 13).feed(2, 1, 3, 4).feed(5, 4, 2),
        of("Einsum", 12).feed(2, 3, 4).floats(5, 3, 6, 4).with("equation", "bij,kinj->bkin"),
        of("Einsum", 12).feed(2, 3).feed(3, 4).with("equation", "ij,jk"),
        of("Einsum", 12).feed(2, 3, 5).feed(3, 5).with("equation", "...j,ij -> i..."),
        of("Einsum", 12).feed(2, 3, 4).with("equation", "ijk->ij"),
        of("Einsum", 12).feed(3, 4).floats(4, 5).floats(5, 2).with("equation", "ij,jk,kl->li"));
  }

  private static List<OneNodeModel> elementwise() {
    return List.of(
        of("Add", 13).feed(2, 3, 4).floats(3, 1),
        of("Add", 13).feed(4).feed(2, 3, 4),
        of("Sub", 13).feed(2, 3).feed(2, 3),
        of("Mul", 13).feed(2, 3, 1).feed(1, 3, 4),
        of("Div", 13).feed(2, 3).floats(),
        of("Pow", 13).between(0.1, 3).feed(2, 3).floats(3),
        of("Pow", 12).feed(2, 3).integers(2),
        of("Mod", 13).between(-9, 9).feed(2, 9).floats(9).with("fmod", 1),
        of("Max", 13).feed(2, 3).feed(3).feed(2, 1),
        of("Min", 13).feed(2, 3).floats(1),
        of("Sum", 13).feed(2, 3).feed(3).feed(2, 1),
        of("Mean", 13).feed(2, 3).feed(3).feed(2, 1),
        of("PRelu", 9).feed(2, 3, 4).floats(3, 1),
        of("Relu", 9).feed(2, 3),
        of("LeakyRelu", 9).feed(2, 3).with("alpha", 0.2f),
        of("Clip", 9).feed(2, 9).with("min", -0.5f).with("max", 0.25f),
        of("Clip", 13).feed(2, 9).floats().skip(),
        of("Clip", 13).feed(2, 9).skip().floats(),
        of("Sigmoid", 9).feed(2, 9),
        of("Tanh", 9).feed(2, 9),
        of("Sqrt", 13).between(0, 3).feed(2, 9),
        of("Exp", 13).feed(2, 9),
        of("Log", 13).between(0.1, 3).feed(2, 9),
        of("Abs", 13).feed(2, 9),
        of("Neg", 13).feed(2, 9),
        of("Reciprocal", 13).between(0.1, 3).feed(2, 9),
        of("Floor", 13).between(-3, 3).feed(2, 9),
        of("Ceil", 13).between(-3, 3).feed(2, 9),
        of("Round", 11).between(-3, 3).feed(2, 9),
        of("Sign", 13).feed(2, 9),
        of("Erf", 13).between(-4, 4).feed(2, 90),
        of("Sin", 9).feed(2, 9),
        of("Cos", 9).feed(2, 9),
        of("Elu", 9).feed(2, 9).with("alpha", 0.7f),
        of("Selu", 9).feed(2, 9),
        of("Celu", 12).feed(2, 9).with("alpha", 0.7f),
        of("Softplus", 9).between(-30, 30).feed(2, 9),
        of("Softsign", 9).feed(2, 9),
        of("HardSigmoid", 9).between(-4, 4).feed(2, 9).with("alpha", 0.3f),
        of("HardSwish", 14).between(-4, 4).feed(2, 9),
        of("ThresholdedRelu", 10).feed(2, 9).with("alpha", 0.5f),
        of("Mish", 18).between(-4, 4).feed(2, 9),
        of("Gelu", 20).between(-4, 4).feed(2, 9),
        of("Gelu", 20).between(-4, 4).feed(2, 9).with("approximate", "tanh"),
        of("Softmax", 13).feed(2, 3, 4).with("axis", 1),
        of("Softmax", 13).feed(2, 3, 4),
        of("Softmax", 11).feed(2, 3, 4),
        of("Softmax", 9).feed(2, 3, 4).with("axis", 2),
        of("LogSoftmax", 13).feed(2, 3, 4).with("axis", 0),
        of("Hardmax", 13).feed(2, 3, 4).with("axis", 1),
        of("Hardmax", 11).feed(2, 3, 4),
        of("BatchNormalization", 9)
            .feed(2, 3, 4, 5)
            .floats(3)
            .floats(3)
            .floats(3)
            .between(0.1, 3)
            .floats(3)
            .with("epsilon", 1e-3f),
        of("InstanceNormalization", 9).feed(2, 3, 4, 5).floats(3).floats(3),
        of("LayerNormalization", 17).feed(2, 3, 4).floats(4),
        of("GroupNormalization", 21).feed(2, 6, 3, 4).floats(6).floats(6).with("num_groups", 2),
        of("MeanVarianceNormalization", 13).feed(2, 3, 4, 5),
        of("MeanVarianceNormalization", 13).feed(2, 3, 4).withList("axes", 1),
        of("LpNormalization", 11).feed(2, 3, 4).with("axis", 1),
        of("LpNormalization", 11).feed(2, 3, 4).with("p", 1),
        of("LayerNormalization", 17).feed(2, 3, 4).floats(3, 4).floats(3, 4).with("axis", 1));
  }

  private static List<OneNodeModel> reductions() {
    return List.of(
        of("ReduceSum", 11).feed(2, 3, 4).withList("axes", 0, 2),
        of("ReduceSum", 13).feed(2, 3, 4).integers(1, -1).with("keepdims", 0),
        of("ReduceSum", 13).feed(2, 3, 4),
        of("ReduceMean", 13).feed(2, 3, 4).withList("axes", -1),
        of("ReduceMean", 18).feed(2, 3, 4).integers(1, 1),
        of("ReduceMax", 13).feed(2, 3, 4).withList("axes", 1).with("keepdims", 0),
        of("ReduceMin", 13).feed(2, 3, 4).withList("axes", 1),
        of("ReduceProd", 13).feed(2, 3, 4).withList("axes", 1),
        of("ReduceL1", 13).feed(2, 3, 4).withList("axes", 1),
        of("ReduceL2", 13).feed(2, 3, 4).withList("axes", 1, 2),
        of("ReduceSumSquare", 13).feed(2, 3, 4).withList("axes", 2),
        of("ReduceLogSum", 13).between(0.1, 3).feed(2, 3, 4).withList("axes", 2),
        of("ReduceLogSumExp", 13).feed(2, 3, 4).withList("axes", 2),
        of("ReduceLogSumExp", 18).feed(2, 3, 4).integers(0, 2).with("keepdims", 0),
        of("ReduceL1", 18).feed(2, 3, 4),
        of("GlobalLpPool", 2).feed(1, 3, 4, 5),
        of("GlobalLpPool", 2).feed(1, 3, 4, 5).with("p", 1),
        of("LpPool", 11).feed(1, 3, 6, 7).withList("kernel_shape", 2, 3).withList("strides", 2, 1),
        of("LpPool", 11)
            .feed(1, 3, 6, 7)
            .withList("kernel_shape", 3, 3)
            .withList("pads", 1, 1, 1, 1)
            .with("p", 1),
        of("ArgMax", 13).feed(2, 5, 3).with("axis", 1),
        of("ArgMin", 13).feed(2, 5, 3).with("axis", -1).with("keepdims", 0));
  }

  private static List<OneNodeModel> images() {
    return List.of(
        of("Upsample", 9).feed(1, 2, 3, 4).constants(1, 1, 2, 3),
        of("Upsample", 9).feed(1, 2, 3, 4).constants(1, 1, 2, 1.5f).with("mode", "linear"),
        of("Upsample", 7).feed(1, 2, 3, 4).withList("scales", 1f, 1f, 2f, 2f),
        of("Resize", 10).feed(1, 2, 6, 7).constants(1, 1, 0.5f, 0.6f),
        of("Resize", 10).feed(1, 2, 6, 7).constants(1, 1, 2, 0.6f).with("mode", "linear"),
        resize(11, "nearest").with("coordinate_transformation_mode", "asymmetric"),
        resize(13, "nearest").with("nearest_mode", "floor"),
        resize(13, "nearest").with("nearest_mode", "ceil"),
        resize(13, "nearest").with("nearest_mode", "round_prefer_ceil"),
        resize(13, "nearest").with("coordinate_transformation_mode", "align_corners"),
        resize(11, "linear"),
        resize(13, "linear").with("coordinate_transformation_mode", "align_corners"),
        resize(13, "linear").with("coordinate_transformation_mode", "asymmetric"),
        resize(13, "linear").with("coordinate_transformation_mode", "pytorch_half_pixel"),
        resize(19, "linear").with("coordinate_transformation_mode", "half_pixel_symmetric"),
        resize(13, "cubic"),
        resize(13, "cubic").with("exclude_outside", 1).with("cubic_coeff_a", -0.5f),
        of("Resize", 13)
            .feed(2, 12, 12)
            .skip()
            .constants(1, 7f / 6, 7f / 6)
            .with("mode", "nearest"));
  }

  /** From 5 x 8 to 9 x 6. */
  private static OneNodeModel resize(int opset, String mode) {
    return of("Resize", opset)
        .feed(1, 2, 5, 8)
        .constants()
        .constants()
        .integers(1, 2, 9, 6)
        .with("mode", mode);
  }

  private static List<OneNodeModel> layout() {
    return List.of(
        of("Reshape", 13).feed(2, 3, 4).integers(2, 0, -1),
        of("Flatten", 13).feed(2, 3, 4).with("axis", 2),
        of("Flatten", 9).feed(2, 3, 4),
        of("Transpose", 13).feed(2, 3, 4).withList("perm", 1, 2, 0),
        of("Transpose", 13).feed(2, 3, 4),
        of("Squeeze", 11).feed(2, 1, 4, 1).withList("axes", 1),
        of("Squeeze", 13).feed(2, 1, 4, 1),
        of("Unsqueeze", 11).feed(2, 4).withList("axes", 0, 3),
        of("Unsqueeze", 13).feed(2, 4).integers(1, -1),
        of("Concat", 13).feed(2, 3, 4).feed(2, 2, 4).floats(2, 1, 4).with("axis", 1),
        of("Split", 11).feed(2, 6).outputs(3).with("axis", 1),
        of("Split", 11).feed(2, 6).outputs(2).with("axis", 1).withList("split", 2, 4),
        of("Split", 13).feed(6, 2).integers(1, 2, 3).outputs(3),
        of("Split", 18).feed(7, 2).outputs(3).with("num_outputs", 3),
        of("Slice", 9)
            .feed(5, 6)
            .withList("starts", 1, -4)
            .withList("ends", 3, 100)
            .withList("axes", 0, 1),
        of("Slice", 13).feed(5, 6).integers(4, 0).integers(-100, 5).integers(0, 1).integers(-2, 3),
        of("Pad", 9).feed(2, 3).withList("pads", 0, 1, 2, 0).with("value", 0.5f),
        of("Pad", 13).feed(2, 3).integers(1, -1, 0, 2).floats(),
        of("Pad", 13).feed(4, 5).integers(1, 2, 3, 4).with("mode", "reflect"),
        of("Pad", 13).feed(2, 3).integers(1, 2, 0, 1).with("mode", "edge"),
        of("Expand", 13).feed(3, 1).integers(2, 1, 4),
        of("Tile", 13).feed(2, 3).integers(2, 3),
        of("Gather", 13).feed(4, 5).integers(3, 0, -1),
        of("Gather", 13).feed(4, 5).integers(1, 2).with("axis", 1),
        of("Gather", 13).feed(4, 5).integer(2).with("axis", 1),
        of("Identity", 13).feed(2, 3),
        of("Dropout", 13).feed(2, 3),
        of("Dropout", 9).feed(2, 3),
        of("DepthToSpace", 11).feed(1, 8, 2, 3).with("blocksize", 2),
        of("DepthToSpace", 11).feed(1, 8, 2, 3).with("blocksize", 2).with("mode", "CRD"),
        of("SpaceToDepth", 11).feed(1, 2, 4, 6).with("blocksize", 2));
  }

  private static List<OneNodeModel> folded() {
    return List.of(
        of("Cast", 13).between(-9, 9).feed(2, 9).with("to", 7),
        of("Shape", 13).feed(2, 3, 4),
        of("Size", 13).feed(2, 3, 4));
  }
}

package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Networks of one operator from the file to int8, against ONNX Runtime: real outputs within a step
 * of their scale for each layer that the operator becomes, beyond the effect of rounding the
 * inputs; integers and truth values equal to those of the rounded inputs.
 */
class IntegerOracleTest {
  /** Operators of networks on microcontrollers, besides those that are functions of one number. */
  private static final List<String> NEEDED =
      List.of(
          "Add And ArgMax ArgMin AveragePool BatchNormalization Concat Conv ConvTranspose CumSum",
          "DepthToSpace Div Einsum Equal Expand Flatten Gather GatherElements Gemm",
          "GlobalAveragePool GlobalMaxPool Greater GroupNormalization GRU InstanceNormalization",
          "LayerNormalization Less LogSoftmax LpNormalization LSTM MatMul Max MaxPool Mean Min Mul",
          "Not Or PRelu Pad Pow ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Reshape Resize",
          "RNN ScatterND Slice",
          "Softmax SpaceToDepth Split Squeeze Sub Sum Tile TopK Transpose Unsqueeze Upsample"
              + " Where");

  @TempDir Path folder;

  /** The operators that were computed in int8 so far. */
  private final Set<String> executed = new TreeSet<>();

  /** What was not, with the reasons. */
  private final Set<String> rejected = new TreeSet<>();

  static Stream<OneNodeModel> cases() {
    return Stream.of(choices(), comparisons(), functions(), indices(), gathers(), recurrent())
        .flatMap(List::stream);
  }

  @TestFactory
  Stream<DynamicTest> agreesWithOnnxRuntime() {
    return Stream.concat(
        Stream.of(cases(), OperatorOracleTest.cases())
            .flatMap(Function.identity())
            .map(model -> DynamicTest.dynamicTest(model.toString(), () -> check(model))),
        Stream.of(
            DynamicTest.dynamicTest("the operators are computed in int8", this::areExecuted),
            DynamicTest.dynamicTest("few forms are not", this::fewAreRejected)));
  }

  private void check(OneNodeModel model) throws Exception {
    Path file = Files.write(folder.resolve("model.onnx"), model.toBytes());
    Network network = Network.read(file, ImportOptions.none(), diagnostic -> {});
    IntegerRun run;
    try {
      run = IntegerRun.of(network, model.fed());
    } catch (DiagnosticException e) {
      assertThat(e.diagnostic().code()).isEqualTo(Code.E0304);
      rejected.add(model.opType() + ": " + e.diagnostic().message());
      return;
    }
    try (OnnxRuntime oracle = new OnnxRuntime(model.toBytes())) {
      List<Tensor> ofRounded = oracle.run(run.fed());
      List<Tensor> expected = oracle.run(model.fed());
      assertThat(run.outputs()).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        check(run, i, expected.get(i), ofRounded.get(i));
      }
    }
    if (run.usesInt8()) {
      executed.add(model.opType());
    }
  }

  private static void check(IntegerRun run, int output, Tensor expected, Tensor ofRounded) {
    assertThat(run.type(output).shape()).isEqualTo(expected.shape());
    if (ofRounded instanceof Tensor.Integers integers) {
      assertThat(run.integers(output))
          .containsExactly(Arrays.stream(integers.values()).asDoubleStream().toArray());
      return;
    }
    double bound = run.step(output) * run.quantized().layers().size();
    float[] actual = run.reals(output);
    float[] wanted = ((Tensor.Floats) expected).values();
    float[] explained = ((Tensor.Floats) ofRounded).values();
    for (int i = 0; i < wanted.length; i++) {
      double ofInputs = Math.abs((double) explained[i] - wanted[i]);
      assertThat((double) actual[i])
          .as("element %d", i)
          .isCloseTo(wanted[i], within(bound + ofInputs));
    }
  }

  private void areExecuted() {
    assertThat(executed)
        .hasSizeGreaterThanOrEqualTo(100)
        .containsAll(Arrays.asList(String.join(" ", NEEDED).split(" ")));
  }

  private void fewAreRejected() {
    assertThat(rejected)
        .containsExactly(
            "Cast: Cast from FLOAT to INT64 has no integer arithmetic",
            "Conv: the operator works on 2 images at once",
            "Mod: Mod of two tensors has no integer arithmetic, only with a constant number",
            "Pow: Pow of two tensors has no integer arithmetic, only with a constant number");
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
        of("Max", 13).feed(2, 9).between(0, 0.2).floats(),
        of("LogSoftmax", 13).feed(2, 9),
        of("LogSoftmax", 13).between(-20, 20).feed(2, 3, 4).with("axis", 1),
        of("Hardmax", 13).feed(4, 9),
        of("Hardmax", 11).feed(2, 3, 4),
        of("ReduceProd", 13).feed(2, 3, 4).withList("axes", 1),
        of("ReduceProd", 13).between(-3, 3).feed(2, 3, 2).withList("axes", 0, 2),
        of("ReduceProd", 18).between(0.9, 1.2).feed(3, 40).integers(1).with("keepdims", 0));
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

  private static List<OneNodeModel> recurrent() {
    return List.of(recurrent("RNN", 1), recurrent("GRU", 3), recurrent("LSTM", 4));
  }

  static OneNodeModel recurrent(String opType, int gates) {
    return of(opType, 14)
        .feed(5, 1, 3)
        .floats(1, gates * 4, 3)
        .floats(1, gates * 4, 4)
        .with("hidden_size", 4);
  }
}

package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.FirmwareRun;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.ArgMax;
import io.mcudeploy.operators.Comparison;
import io.mcudeploy.operators.Comparison.Relation;
import io.mcudeploy.operators.GatherElements;
import io.mcudeploy.operators.GatherRows;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.TopIndices;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.quantization.Quantizer;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A network that is fed token numbers and answers with indices and truth values: integers keep
 * their C type from the interface to the interface.
 */
class IndexedNetworkTest {
  private static final int WORDS = 300;
  private static final int CLASSES = 9;
  private static final int LENGTH = 12;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"rp2040", "mps2-an500", "qemu-riscv32"})
  void tokensBecomeClasses(String name) throws IOException {
    Board board = Boards.find(name);
    NeededTools.assumeFor(board.core().architecture());
    Graph graph = network();
    Samples samples = Samples.synthetic(graph, 20);
    QuantizedGraph quantized =
        Quantizer.quantize(graph, Calibration.of(graph, samples, RangeMethod.MIN_MAX, done -> {}));
    Map<String, Tensor> sample = samples.sample().apply(3);
    List<byte[]> images = List.of(MemoryImage.of(sample.get("tokens"), quantized.tensor("tokens")));
    Path model = Files.write(folder.resolve("tokens.onnx"), new byte[0]);
    BuildRequest request = new BuildRequest(model, board, Goal.TIME, "tokens", folder, false);

    Map<String, byte[]> tensors =
        FirmwareRun.tensors(request, quantized, List.of(images), Tools.ofThisProcess()).get(0);

    List<byte[]> golden = new GoldenModel(quantized).run(images);
    for (int i = 0; i < golden.size(); i++) {
      assertThat(tensors.get(quantized.outputs().get(i))).isEqualTo(golden.get(i));
    }
    Tensor.Integers winner = (Tensor.Integers) new Interpreter(graph).run(sample).get(0);
    assertThat(MemoryImage.integers(tensors.get("winner"), StorageType.INT32))
        .containsExactly(Arrays.stream(winner.values()).asDoubleStream().toArray());
    assertThat(quantized.tensor("tokens").storage()).isEqualTo(StorageType.INT32);
    assertThat(quantized.tensor("sure").storage()).isEqualTo(StorageType.INT8);
  }

  private static Graph network() {
    Random random = new Random(5);
    float[] table = new float[WORDS * CLASSES];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) random.nextGaussian();
    }
    Tensor limit = new Tensor.Floats(Shape.of(), new float[] {0.3f});
    return Graph.of(
        "tokens",
        Map.of("tokens", new TensorType(ElementType.INT64, Shape.of(1, LENGTH))),
        List.of("winner", "best", "values", "sure"),
        List.of(
            node("rows", new GatherRows(0), "table", "tokens"),
            node("scores", new Reduce(ReduceFunction.MEAN, List.of(1), false), "rows"),
            node("winner", new ArgMax(1, false), "scores"),
            node("best", new TopIndices(1, 3, true), "scores"),
            node("values", new GatherElements(1), "scores", "best"),
            node("sure", new Comparison(Relation.GREATER), "scores", "limit")),
        Map.of("table", new Tensor.Floats(Shape.of(WORDS, CLASSES), table), "limit", limit));
  }

  private static Node node(String output, Operator operator, String... inputs) {
    return new Node("make " + output, operator, List.of(inputs), List.of(output));
  }
}

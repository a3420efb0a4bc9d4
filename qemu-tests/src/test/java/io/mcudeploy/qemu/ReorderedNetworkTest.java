package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Deployment;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.GatherRows;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.quantization.Quantizer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two branches whose wide halves come first in the model file: the firmware runs one branch after
 * the other, in half the memory, and gives the same bytes.
 */
class ReorderedNetworkTest {
  private static final int WORDS = 50;
  private static final int LENGTH = 16;
  private static final int WIDTH = 64;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mps2-an386", "qemu-riscv32"})
  void branchesRunOneAfterTheOther(String name) throws IOException {
    Board board = Boards.find(name);
    NeededTools.assumeFor(board.core().architecture());
    Graph graph = network();
    Samples samples = Samples.synthetic(graph, 20);
    QuantizedGraph quantized =
        Quantizer.quantize(graph, Calibration.of(graph, samples, RangeMethod.MIN_MAX, done -> {}));
    Path model = Files.write(folder.resolve("branches.onnx"), new byte[0]);
    BuildRequest request =
        new BuildRequest(model, board, Goal.TIME, "branches", folder.resolve("project"), false);

    Report report =
        new Deployment(request, Tools.ofThisProcess(), line -> {})
            .build(graph, quantized, Optional.of(samples));

    assertThat(report.verified()).isPresent();
    assertThat(report.arenaBytes())
        .isLessThan(2 * LENGTH * WIDTH)
        .isEqualTo((int) report.arenaLowerBound());
    assertThat(report.layers().stream().map(Report.LayerRow::name))
        .containsExactly(
            "make left", "make left mean", "make right", "make right mean", "make sum");
  }

  private static Graph network() {
    return Graph.of(
        "branches",
        Map.of("tokens", new TensorType(ElementType.INT64, Shape.of(1, LENGTH))),
        List.of("sum"),
        List.of(
            node("left", new GatherRows(0), "left table", "tokens"),
            node("right", new GatherRows(0), "right table", "tokens"),
            node("left mean", new Reduce(ReduceFunction.MEAN, List.of(1), false), "left"),
            node("right mean", new Reduce(ReduceFunction.MEAN, List.of(1), false), "right"),
            node("sum", new Binary(BinaryFunction.ADD), "left mean", "right mean")),
        Map.of("left table", table(1), "right table", table(2)));
  }

  private static Tensor table(int seed) {
    Random random = new Random(seed);
    float[] values = new float[WORDS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Tensor.Floats(Shape.of(WORDS, WIDTH), values);
  }

  private static Node node(String output, Operator operator, String... inputs) {
    return new Node("make " + output, operator, List.of(inputs), List.of(output));
  }
}

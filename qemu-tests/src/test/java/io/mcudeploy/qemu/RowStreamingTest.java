package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.deploy.Verification;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.qemu.TfliteNetwork.Activation;
import io.mcudeploy.qemu.TfliteNetwork.Value;
import io.mcudeploy.qemu.TfliteNetwork.Window;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A network whose images are largest at its beginning: with {@code --optimize ram} they never exist
 * as a whole, and every row of every layer is the golden model's.
 */
class RowStreamingTest {
  @TempDir Path folder;

  static List<Board> boards() {
    return Targets.chosen();
  }

  @ParameterizedTest
  @MethodSource("boards")
  void layersRunRowByRow(Board board) throws IOException {
    NeededTools.assumeFor(board.core().architecture());
    Path model = Files.write(folder.resolve("rows.tflite"), network());

    Report whole = build(board, model, Goal.TIME);
    Report rows = build(board, model, Goal.RAM);

    assertThat(rows.verified()).isPresent();
    assertThat(whole.rowByRow()).isEmpty();
    assertThat(rows.rowByRow()).isPresent();
    assertThat(rows.arenaBytes()).isLessThan(whole.arenaBytes() / 2);
    assertThat(
            Verification.of(
                    folder.resolve(Goal.RAM.name()), Optional.empty(), Tools.ofThisProcess())
                .instructions())
        .isEqualTo(rows.verified().orElseThrow().instructions());
  }

  private Report build(Board board, Path model, Goal goal) {
    return SampleModel.written("rows", model)
        .build(board, goal, folder.resolve(goal.name()), false);
  }

  private static byte[] network() {
    TfliteNetwork network = new TfliteNetwork(11);
    Value x =
        network.convolution(
            network.input(1, 24, 24, 3), new Window(3, 3, 1, true), 8, Activation.RELU);
    Value y = network.convolution(x, new Window(3, 3, 1, true), 8, Activation.NONE);
    x = network.add(x, y);
    x = network.depthwise(x, new Window(3, 3, 2, true), Activation.RELU);
    x = network.pointwise(x, 12, Activation.RELU);
    x = network.depthwise(x, new Window(3, 3, 1, true), Activation.RELU);
    x = network.convolution(x, new Window(3, 3, 2, false), 16, Activation.RELU);
    return network.file(
        network.softmax(network.fullyConnected(network.average(x), 5, Activation.NONE)));
  }
}

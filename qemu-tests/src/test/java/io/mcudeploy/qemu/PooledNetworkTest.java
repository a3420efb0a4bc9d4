package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Deployment;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.network.Network;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A network of convolutions with max pools behind them, images of odd sizes among them: what a
 * convolution gives never exists where only its largest values are wanted, and each layer that is
 * left gives the golden model's bytes.
 */
class PooledNetworkTest {
  /** What the first convolution gives: larger than all that is kept. */
  private static final int FIRST_OUTPUT = 27 * 31 * 6;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mps2-an386", "mps3-an547"})
  void aConvolutionAndItsPoolOf2x2AreOneLayer(String name) throws IOException {
    Board board = Boards.find(name);
    NeededTools.assumeFor(board.core().architecture());
    Path model = Files.write(folder.resolve("pooled.tflite"), network());

    for (Goal goal : List.of(Goal.TIME, Goal.BALANCED)) {
      Report report = build(board, model, goal);

      assertThat(report.verified()).isPresent();
      assertThat(report.layers())
          .as("layers for %s", goal)
          .filteredOn(layer -> layer.operator().contains(" + max_pool2d 2x2"))
          .hasSize(2);
      assertThat(report.arenaBytes()).isLessThan(FIRST_OUTPUT);
    }
    assertThat(build(board, model, Goal.RAM).arenaBytes()).isLessThan(FIRST_OUTPUT / 2);
  }

  private Report build(Board board, Path model, Goal goal) {
    Network network = Network.read(model, ImportOptions.none(), PooledNetworkTest::refuse);
    BuildRequest request =
        new BuildRequest(model, board, goal, "pooled", folder.resolve(goal.name()), false);
    return new Deployment(request, Tools.ofThisProcess(), line -> {})
        .build(
            network.graph(),
            network.quantized(
                Optional.empty(), RangeMethod.MIN_MAX, PooledNetworkTest::refuse, done -> {}),
            Optional.empty());
  }

  private static void refuse(Diagnostic warning) {
    throw warning.asException();
  }

  /** Windows of 5x5 and 3x3, pools of 2x2 and 3x3, of rectified values and of both signs. */
  private static byte[] network() {
    TfliteNetwork network = new TfliteNetwork(13);
    Window halves = new Window(2, 2, 2, false);
    Value x =
        network.convolution(
            network.input(1, 27, 31, 3), new Window(5, 5, 1, true), 6, Activation.RELU);
    x = network.largest(x, halves);
    x = network.convolution(x, new Window(3, 3, 1, true), 8, Activation.NONE);
    x = network.largest(x, halves);
    x = network.convolution(x, new Window(3, 3, 1, true), 12, Activation.RELU);
    x = network.largest(x, new Window(3, 3, 3, false));
    x = network.reshape(x, 1, 2 * 2 * 12);
    return network.file(network.fullyConnected(x, 5, Activation.NONE));
  }
}

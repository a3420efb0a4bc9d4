package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Deployment;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.network.Network;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.toolchain.Tools;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tiny transformers as firmware. */
class AttentionNetworksTest {
  @TempDir Path folder;

  /** The build compares every layer of several inferences. */
  @ParameterizedTest
  @CsvSource({"causal, mps2-an500", "masked, mps3-an547", "causal, qemu-riscv32"})
  void everyInferenceEqualsTheGoldenModels(String model, String name) {
    Board board = Boards.find(name);
    NeededTools.assumeFor(board.core().architecture());
    Path file = SampleModel.projectRoot().resolve("models/attention/" + model + ".onnx");
    Network network = Network.read(file, ImportOptions.none(), diagnostic -> {});
    Samples samples = Samples.synthetic(network.graph(), 8);

    new Deployment(
            new BuildRequest(file, board, Goal.TIME, model, folder, false),
            Tools.ofThisProcess(),
            line -> {})
        .build(
            network.graph(),
            network.quantized(
                Optional.of(samples), RangeMethod.MIN_MAX, diagnostic -> {}, done -> {}),
            Optional.of(samples));

    assertThat(folder.resolve("report.json")).exists();
  }
}

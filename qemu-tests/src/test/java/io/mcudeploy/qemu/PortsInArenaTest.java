package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Deployment;
import io.mcudeploy.deploy.Placing;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.deploy.Verification;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Ports;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs and outputs in the arena: the same bytes, with no more memory than the layers need. */
class PortsInArenaTest {
  private static final SampleModel NETWORK = SampleModel.named(SampleModel.DSCNN);
  private static final int PORTS = 28 * 28 + 10;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mps2-an385", "mps2-an500", "mps3-an547", "qemu-riscv32"})
  void layersMayWriteOverTheInput(String name) throws IOException {
    Board board = Boards.find(name);
    NeededTools.assumeFor(board.core().architecture());
    Path project = folder.resolve("project");
    BuildRequest request =
        new BuildRequest(
            NETWORK.file(),
            board,
            Goal.RAM,
            "network",
            project,
            false,
            new Placing(Map.of(), Ports.ARENA));

    Report report =
        new Deployment(request, Tools.ofThisProcess(), line -> {})
            .build(NETWORK.graph(), NETWORK.quantized(), Optional.of(NETWORK.samples().first(4)));

    assertThat(report.verified()).isPresent();
    int passed = NETWORK.build(board, Goal.RAM, folder.resolve("passed"), true).arenaBytes();
    assertThat(report.arenaBytes()).isBetween(passed, passed + PORTS - 1);
    assertThat(Files.readString(project.resolve("network.h")))
        .contains("void network_run(network_arena *arena);")
        .contains("static inline int8_t *network_input(network_arena *arena)")
        .contains("static inline int8_t *network_output(network_arena *arena)");
    assertThat(Verification.of(project, Optional.empty(), Tools.ofThisProcess()).inputs())
        .isEqualTo(4);
  }
}

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
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network over several memories of an emulated board, at the board's own addresses. */
class SeveralMemoriesTest {
  private static final SampleModel NETWORK = SampleModel.named(SampleModel.DSCNN);

  @TempDir Path folder;

  @Test
  void anArenaIsSpreadOverTwoMemories() throws IOException {
    String tensor = NETWORK.quantized().layers().get(0).outputs().get(0);

    Report report = build(Boards.find("mps2-an386"), new Placing(Map.of(tensor, "psram")));

    assertThat(report.memories().stream().map(Report.MemoryRow::region))
        .containsExactly("ssram1", "ssram23", "psram");
    assertThat(report.memories().get(1).arenaBytes()).isPositive();
    assertThat(report.memories().get(2).arenaBytes()).isPositive();
    String header = Files.readString(folder.resolve("project/network.h"));
    assertThat(header)
        .contains("section(\".arena.psram\")")
        .contains("void network_run(network_arena *arena, network_arena_psram *arena_psram,");
    assertThat(Verification.of(folder.resolve("project"), Optional.empty(), Tools.ofThisProcess()))
        .isNotNull();
  }

  @Test
  void weightsAndTensorsLieWhereTheUserWantsThem() throws IOException {
    Board board = Boards.find("mps3-an547");
    String layer = NETWORK.quantized().layers().get(0).name();

    Report report =
        build(
            board,
            new Placing(Map.of("weights", "qspi", "arena", "dtcm", layer + "-weights", "itcm")));

    assertThat(report.memories().stream().map(Report.MemoryRow::region))
        .containsExactly("itcm", "dtcm", "qspi");
    assertThat(report.memories().get(1).arenaBytes()).isEqualTo(report.arenaBytes());
    assertThat(Files.readString(folder.resolve("project/network_weights.c")))
        .contains("NETWORK_WEIGHTS_IN_QSPI = {")
        .contains("NETWORK_WEIGHTS_IN_ITCM = {");
  }

  private Report build(Board board, Placing placing) {
    NeededTools.assumeFor(board.core().architecture());
    BuildRequest request =
        new BuildRequest(
            NETWORK.file(), board, Goal.TIME, "network", folder.resolve("project"), false, placing);
    Report report =
        new Deployment(request, Tools.ofThisProcess(), line -> {})
            .build(NETWORK.graph(), NETWORK.quantized(), Optional.of(NETWORK.samples().first(4)));
    assertThat(report.verified()).isPresent();
    return report;
  }
}

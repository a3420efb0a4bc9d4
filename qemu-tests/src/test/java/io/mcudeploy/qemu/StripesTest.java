package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.deploy.Reserving;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.qemu.TfliteNetwork.Activation;
import io.mcudeploy.qemu.TfliteNetwork.Value;
import io.mcudeploy.qemu.TfliteNetwork.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A network whose rows are too long for what an application leaves of a board's memory: it runs in
 * stripes of columns, and every row of every stripe is the golden model's.
 */
class StripesTest {
  private static final int ARENA = 5_000;

  /** Input, output, and stack. */
  private static final int BESIDE = 12 * 64 * 3 + 5 + 4_096;

  @TempDir Path folder;

  @Test
  void layersRunInStripesWhereRowsAreTooLong() throws IOException {
    Board board = Boards.find("nucleo-f446re");
    NeededTools.assumeFor(board.core().architecture());
    String reserved = Integer.toString((128 << 10) - BESIDE - ARENA);
    Path model = Files.write(folder.resolve("wide.tflite"), network());

    Report rows = build(model, board, Goal.RAM);
    Report stripes = build(model, Reserving.of(board, Map.of("sram", reserved)), Goal.TIME);

    assertThat(rows.arenaBytes()).isGreaterThan(ARENA);
    assertThat(stripes.arenaBytes()).isLessThanOrEqualTo(ARENA);
    assertThat(stripes.verified()).isPresent();
    Report.RowByRow trade = stripes.rowByRow().orElseThrow();
    assertThat(trade.chains()).hasSize(4);
    assertThat(trade.rows().macs()).isBetween(trade.whole().macs() + 1, 2 * trade.whole().macs());
    assertThat(stripes.constantBytes()).isEqualTo(rows.constantBytes());
  }

  private Report build(Path model, Board board, Goal goal) {
    return SampleModel.written("wide", model)
        .build(board, goal, folder.resolve(goal.name()), false);
  }

  private static byte[] network() {
    TfliteNetwork network = new TfliteNetwork(11);
    Value x =
        network.convolution(
            network.input(1, 12, 64, 3), new Window(3, 3, 1, true), 8, Activation.RELU);
    x = network.add(x, network.convolution(x, new Window(3, 3, 1, true), 8, Activation.NONE));
    x = network.depthwise(x, new Window(3, 3, 2, true), Activation.RELU);
    x = network.convolution(x, new Window(3, 3, 2, false), 16, Activation.RELU);
    return network.file(
        network.softmax(network.fullyConnected(network.average(x), 5, Activation.NONE)));
  }
}

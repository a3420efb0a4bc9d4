package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Deployment;
import io.mcudeploy.deploy.Placing;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Ports;
import io.mcudeploy.qemu.TfliteNetwork.Activation;
import io.mcudeploy.qemu.TfliteNetwork.Value;
import io.mcudeploy.qemu.TfliteNetwork.Window;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Networks that cut and join tensors: layers read parts where the whole is and write parts where
 * the whole will be, in the arena and in the caller's memory, to the same bytes.
 */
class SharedMemoryTest {
  private static final Window SAME = new Window(3, 3, 1, true);
  private static final Window HALF = new Window(3, 3, 2, true);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "mps2-an385, TIME, CALLER",
    "mps2-an386, TIME, CALLER",
    "mps2-an386, RAM, ARENA",
    "mps2-an500, SIZE, CALLER",
    "mps3-an547, TIME, ARENA",
    "qemu-riscv32, BALANCED, CALLER"
  })
  void branchesShareMemory(String board, Goal goal, Ports ports) throws IOException {
    Report report = build(branches(), Boards.find(board), goal, ports);

    assertThat(
            report.layers().stream()
                .filter(layer -> layer.operator().matches("(copy|concat).*"))
                .filter(layer -> layer.kernel().startsWith("view"))
                .count())
        .isGreaterThanOrEqualTo(5);
  }

  @Test
  void headsWriteIntoTheCallersOutput() throws IOException {
    Board board = Boards.find("mps2-an386");

    Report report = build(heads(), board, Goal.TIME, Ports.CALLER);

    assertThat(report.layers().get(report.layers().size() - 1).kernel()).startsWith("view");
    assertThat(Files.readString(folder.resolve("project/network.c"))).contains("output + 384)");
  }

  private Report build(byte[] file, Board board, Goal goal, Ports ports) throws IOException {
    NeededTools.assumeFor(board.core().architecture());
    Path model = Files.write(folder.resolve("network.tflite"), file);
    SampleModel network = SampleModel.written("network", model);
    BuildRequest request =
        new BuildRequest(
            model,
            board,
            goal,
            network.name(),
            folder.resolve("project"),
            false,
            new Placing(Map.of(), ports));
    Report report =
        new Deployment(request, Tools.ofThisProcess(), line -> {})
            .build(network.graph(), network.quantized(), Optional.of(network.samples()));
    assertThat(report.verified()).isPresent();
    return report;
  }

  /** Both halves of an image on their own, then three branches to vectors, cut again. */
  private static byte[] branches() {
    TfliteNetwork network = new TfliteNetwork(7);
    Value x = network.convolution(network.input(1, 16, 16, 3), HALF, 8, Activation.RELU);
    Value top = network.convolution(network.slice(x, 1, 0, 4), SAME, 8, Activation.RELU);
    Value bottom = network.depthwise(network.slice(x, 1, 4, 4), SAME, Activation.RELU);
    x = network.pointwise(network.concatenation(1, top, bottom), 12, Activation.RELU);
    Value mean = network.fullyConnected(network.average(x), 10, Activation.RELU);
    Value means = network.average(network.convolution(x, SAME, 9, Activation.RELU));
    Value small = network.convolution(x, HALF, 5, Activation.RELU);
    Value vector = network.concatenation(1, mean, means, network.reshape(small, 1, 80));
    Value hidden = network.fullyConnected(vector, 24, Activation.RELU);
    Value left = network.slice(hidden, 1, 0, 7);
    Value right = network.slice(hidden, 1, 7, 17);
    return network.file(
        network.concatenation(
            1,
            network.fullyConnected(right, 5, Activation.RELU),
            network.fullyConnected(left, 6, Activation.RELU)),
        network.fullyConnected(left, 3, Activation.RELU));
  }

  /** Boxes found in two images of different size, one list after the other. */
  private static byte[] heads() {
    TfliteNetwork network = new TfliteNetwork(8);
    Value x = network.convolution(network.input(1, 16, 16, 3), HALF, 8, Activation.RELU);
    Value y = network.convolution(x, HALF, 16, Activation.RELU);
    Value large = network.reshape(network.pointwise(x, 6, Activation.RELU), 1, 64, 6);
    Value small = network.reshape(network.pointwise(y, 6, Activation.RELU), 1, 16, 6);
    return network.file(network.concatenation(1, large, small));
  }
}

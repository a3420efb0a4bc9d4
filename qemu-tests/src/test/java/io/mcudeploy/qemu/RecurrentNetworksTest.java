package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Deployment;
import io.mcudeploy.emulator.Emulator;
import io.mcudeploy.emulator.TestProgram;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.network.Network;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.toolchain.Toolchain;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny recurrent networks as firmware, those of one step as streams with a state. */
class RecurrentNetworksTest {
  private static final String STREAM = "lstm_step";

  @TempDir Path folder;

  /** The build compares every layer, states among them, of several inferences in a row. */
  @ParameterizedTest
  @CsvSource({
    "lstm, mps2-an500", "lstm_both, qemu-riscv32", "gru, mps2-an385", "rnn, qemu-riscv32",
    "lstm_step, mps2-an500", "lstm_step, qemu-riscv32", "gru_step, rp2040", "gru_step, mps3-an547"
  })
  void everyInferenceEqualsTheGoldenModels(String model, String name) {
    Board board = Boards.find(name);
    NeededTools.assumeFor(board.core().architecture());
    build(model, board, folder.resolve(model), false);

    assertThat(folder.resolve(model).resolve("report.json")).exists();
    assertThat(folder.resolve(model).resolve(model + ".h"))
        .content()
        .satisfies(
            header ->
                assertThat(header.contains(model + "_reset")).isEqualTo(model.endsWith("_step")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mps2-an500", "qemu-riscv32"})
  void streamsWithAnArenaEachDoNotDisturbEachOther(String name) throws IOException {
    Board board = Boards.find(name);
    NeededTools.assumeFor(board.core().architecture());
    Path project = folder.resolve(STREAM);
    build(STREAM, board, project, true);
    try (InputStream main = RecurrentNetworksTest.class.getResourceAsStream("/two_streams.c")) {
      Files.write(project.resolve("main.c"), main.readAllBytes());
    }
    Tools tools = Tools.ofThisProcess();
    Path image =
        Toolchain.of(board.core(), tools)
            .build(
                project,
                Stream.concat(
                        Stream.of("main.c"),
                        TestProgram.sources(STREAM, board.core().architecture()).stream())
                    .filter(source -> !source.endsWith("/main.c") && !source.endsWith("/counter.c"))
                    .toList(),
                List.of("-I."),
                project.resolve(TestProgram.FOLDER).resolve("twin.ld"),
                Files.createDirectories(folder.resolve("build")),
                "two");

    String output =
        Emulator.of(board.emulation().machine(), board.core().architecture(), tools)
            .run(image, folder);

    assertThat(output).isEqualTo("lstm_step\nPASS\n");
  }

  private static void build(String model, Board board, Path output, boolean emitOnly) {
    Path file = SampleModel.projectRoot().resolve("models/recurrent/" + model + ".onnx");
    Network network =
        Network.read(
            file,
            new ImportOptions(Map.of(), List.of(), model.endsWith("_step")),
            diagnostic -> {});
    Samples samples = Samples.synthetic(network.graph(), 8);
    BuildRequest request = new BuildRequest(file, board, Goal.TIME, model, output, emitOnly);
    new Deployment(request, Tools.ofThisProcess(), line -> {})
        .build(
            network.graph(),
            network.quantized(
                Optional.of(samples), RangeMethod.MIN_MAX, diagnostic -> {}, done -> {}),
            Optional.of(samples));
  }
}

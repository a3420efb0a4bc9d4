package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.emulator.Emulator;
import io.mcudeploy.emulator.TestProgram;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.toolchain.Toolchain;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Projects of two networks make one firmware: no name of theirs clashes. */
class TwoModelsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mps2-an500", "qemu-riscv32"})
  void bothSelfTestsPassInOneImage(String name) throws IOException {
    Board board = Boards.find(name);
    NeededTools.assumeFor(board.core().architecture());
    for (String model : SampleModel.NAMES) {
      SampleModel.named(model).build(board, Goal.TIME, folder.resolve(model), true);
    }
    try (InputStream main = TwoModelsTest.class.getResourceAsStream("/two_models.c")) {
      Files.write(folder.resolve("main.c"), main.readAllBytes());
    }
    Tools tools = Tools.ofThisProcess();
    Path base = folder.resolve(SampleModel.CAPSNET);
    Path image =
        Toolchain.of(board.core(), tools)
            .build(
                folder,
                sources(board),
                List.of("-I" + SampleModel.CAPSNET, "-I" + SampleModel.DSCNN),
                base.resolve(TestProgram.FOLDER).resolve("twin.ld"),
                Files.createDirectories(folder.resolve("build")),
                "two");

    String output =
        Emulator.of(board.emulation().machine(), board.core().architecture(), tools)
            .run(image, folder);

    assertThat(output).isEqualTo("capsnet_mnist 0\ndscnn_mnist 0\nPASS\n");
  }

  /** Both networks; all else from the test program of one of them, except its main. */
  private static List<String> sources(Board board) {
    List<String> sources = new ArrayList<>(List.of("main.c"));
    for (String suffix : List.of(".c", "_kernels.c", "_weights.c")) {
      sources.add(SampleModel.DSCNN + "/" + SampleModel.DSCNN + suffix);
    }
    for (String source : TestProgram.sources(SampleModel.CAPSNET, board.core().architecture())) {
      if (!source.endsWith("/main.c") && !source.endsWith("/counter.c")) {
        sources.add(SampleModel.CAPSNET + "/" + source);
      }
    }
    return sources;
  }
}

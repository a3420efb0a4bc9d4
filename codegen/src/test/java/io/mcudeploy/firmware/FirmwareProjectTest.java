package io.mcudeploy.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.emulator.TinyModel;
import io.mcudeploy.toolchain.Command;
import io.mcudeploy.toolchain.ElfFile;
import io.mcudeploy.toolchain.NeededTools;
import io.mcudeploy.toolchain.Toolchain;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class FirmwareProjectTest {
  static final List<String> BOARDS = Boards.NAMES;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"stm32h7", "esp32-c3"})
  void makeBuildsTheLibraryAndTestsItOnTheTwin(String board) throws IOException {
    NeededTools.assume("make");
    TinyModel.writeProject(Boards.find(board), folder);

    assertThat(run("make", "all", "firmware").status()).isZero();
    Command.Outcome outcome = run("make", "test");

    assertThat(outcome.output()).contains("inputs 2\nPASS\n");
    assertThat(outcome.status()).isZero();
    assertThat(folder.resolve("build/libtiny.a")).exists();
    assertThat(folder.resolve("build/firmware.elf")).exists();
  }

  @Test
  void makeTestFailsWhereALayerDiffers() throws IOException {
    NeededTools.assume("make");
    TinyModel.writeProject(Boards.find("mps2-an386"), folder);
    Path expected = folder.resolve("test/expected.bin");
    byte[] checksums = Files.readAllBytes(expected);
    checksums[12] ^= 1;
    Files.write(expected, checksums);

    Command.Outcome outcome = run("make", "test");

    assertThat(outcome.output())
        .contains("FAIL input 0 layer 4 scores: the output differs from the golden model");
    assertThat(outcome.status()).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rp2040", "hifive1"})
  void cmakeBuildsAndTestsTheSame(String board) throws IOException {
    NeededTools.assume("cmake");
    TinyModel.writeProject(Boards.find(board), folder);

    assertThat(run("cmake", "-S", ".", "-B", "out").status()).isZero();
    assertThat(run("cmake", "--build", "out").status()).isZero();
    assertThat(run("cmake", "--build", "out", "--target", "run").output()).contains("PASS\n");
  }

  @ParameterizedTest
  @FieldSource("BOARDS")
  void theExampleFirmwareLinksIntoTheBoardsMemories(String name) throws IOException {
    Board board = Boards.find(name);
    TinyModel.writeProject(board, folder);
    Path build = Files.createDirectory(folder.resolve("build"));
    Toolchain toolchain = Toolchain.of(board.core(), Tools.ofThisProcess());

    ElfFile image =
        ElfFile.read(FirmwareProject.buildFirmware(toolchain, "tiny", folder, List.of(), build));

    assertThat(image.section(".weights").orElseThrow().size()).isEqualTo(12);
    assertThat(image.symbol("tiny_weights").orElseThrow().size()).isEqualTo(12);
    assertThat(image.symbol("tiny_run").orElseThrow().function()).isTrue();
    assertThat(image.section(".arena").orElseThrow().size()).isEqualTo(24);
    assertThat(image.flashBytes()).isBetween(300L, 4096L);
    for (ElfFile.Section section : image.sections()) {
      assertThat(board.memories())
          .as(section.name())
          .anyMatch(
              region ->
                  region.origin() <= section.address()
                      && section.address() + section.size() <= region.end());
    }
  }

  private Command.Outcome run(String... words) {
    return new Command(List.of(words), folder, Duration.ofMinutes(2)).run().orElseThrow();
  }
}

package io.mcudeploy.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.board.Machine;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.toolchain.Toolchain;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The test program around a small model written by hand, whose mistakes can be switched on. */
class TestProgramTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "rp2040, mps2-an385",
    "microbit, microbit",
    "mps2-an385, mps2-an385",
    "mps2-an386, mps2-an386",
    "netduinoplus2, netduinoplus2",
    "stm32h7, mps2-an500",
    "mps2-an505, mps2-an505",
    "mps3-an547, mps3-an547",
    "qemu-riscv32, qemu-riscv32",
    "esp32-c3, qemu-riscv32",
    "hifive1, hifive1",
  })
  void countsExactlyAndFindsNothingWrong(String board, String machine) throws IOException {
    RunResult result = run(board, machine, 0);

    assertThat(result.problems()).isEmpty();
    assertThat(result.layers()).hasSize(2);
    for (int input = 0; input < 2; input++) {
      for (int layer = 0; layer < 4; layer++) {
        assertThat(result.layers().get(input).get(layer).get(0))
            .isEqualTo(TinyModel.EXPECTED.layers().get(input).get(layer).get(0));
      }
    }
    assertThat(result.instructions()).hasSize(4);
    assertThat(result.instructions().get(2) - result.instructions().get(1)).isEqualTo(2000);
    assertThat(result.instructions().get(1)).isBetween(2004L, 2030L);
    assertThat(result.stackBytes()).isBetween(16L, 200L);
  }

  @Test
  void countsTheSameAgain() throws IOException {
    assertThat(run("stm32h7", "mps2-an500", 0).instructions())
        .isEqualTo(run("stm32h7", "mps2-an500", 0).instructions());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2 | input 0 layer 1 sums: wrote outside its outputs and scratch
          3 | input 0 layer 1 sums: wrote outside the buffers
          4 | the second inference differs from the first: the result depends on what the arena held
          5 | input 0 layer 1 sums: wrote outside its outputs and scratch
          """)
  void noticesMistakes(int mistake, String message) throws IOException {
    assertThat(run("mps2-an386", "mps2-an386", mistake).problems()).contains(message);
    assertThat(run("qemu-riscv32", "qemu-riscv32", mistake).problems()).contains(message);
  }

  @Test
  void leavesDifferencesToTheComparison() throws IOException {
    RunResult result = run("mps2-an386", "mps2-an386", 1);

    assertThat(result.layers().get(0).get(0).get(0)).containsExactly(9, 9, 10, 9);
    assertThat(result.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "mps2-an386, mps2-an386, 7, FAULT HardFault",
    "qemu-riscv32, qemu-riscv32, 7, FAULT trap cause 0x00000007",
    "rp2040, mps2-an385, 8, FAULT HardFault"
  })
  void faultsEndTheRun(String board, String machine, int mistake, String message) {
    Diagnostic diagnostic = diagnostic(board, machine, mistake);

    assertThat(diagnostic.code()).isEqualTo(Code.E0701);
    assertThat(diagnostic.notes()).anyMatch(note -> note.startsWith(message));
  }

  @Test
  void unalignedAccessIsNoFaultWhereTheCoreHasIt() throws IOException {
    assertThat(run("mps2-an385", "mps2-an385", 8).problems()).isEmpty();
  }

  @Test
  void aProgramThatHangsIsStopped() {
    Diagnostic diagnostic = diagnostic("mps2-an386", "mps2-an386", 6);

    assertThat(diagnostic.code()).isEqualTo(Code.E0701);
    assertThat(diagnostic.message()).contains("did not end on `mps2-an386` within 2 s");
  }

  @Test
  void compilerErrorsAreQuoted() throws IOException {
    Files.createDirectories(folder.resolve("build"));
    Files.writeString(folder.resolve("bad.c"), "int main(void) { return x; }\n");
    Toolchain toolchain = Toolchain.of(Boards.core("cortex-m4"), Tools.ofThisProcess());

    assertThatThrownBy(
            () ->
                toolchain.build(
                    folder,
                    List.of("bad.c"),
                    List.of(),
                    folder.resolve("none.ld"),
                    folder.resolve("build"),
                    "bad"))
        .isInstanceOfSatisfying(
            DiagnosticException.class,
            e -> {
              assertThat(e.diagnostic().code()).isEqualTo(Code.E0604);
              assertThat(e.diagnostic().message()).contains("rejects `bad.c`");
              assertThat(e.diagnostic().notes()).anyMatch(note -> note.contains("'x' undeclared"));
            });
  }

  private Diagnostic diagnostic(String board, String machine, int mistake) {
    DiagnosticException[] caught = new DiagnosticException[1];
    assertThatThrownBy(() -> run(board, machine, mistake))
        .isInstanceOfSatisfying(DiagnosticException.class, e -> caught[0] = e);
    return caught[0].diagnostic();
  }

  private RunResult run(String boardName, String machineName, int mistake) throws IOException {
    Board board = Boards.find(boardName);
    Machine machine = Boards.find(machineName).machine().orElseThrow();
    TinyModel.writeProject(board, machine, folder);
    Path build = Files.createDirectories(folder.resolve("build"));
    Tools tools = Tools.ofThisProcess();
    List<String> flags = new ArrayList<>(TestProgram.flags("tiny"));
    flags.addAll(List.of("-Werror", "-DTINY_MISTAKE=" + mistake));
    Path image =
        Toolchain.of(board.core(), tools)
            .build(
                folder,
                TestProgram.sources("tiny", board.core().architecture()),
                flags,
                folder.resolve("test/twin.ld"),
                build,
                "twin");
    Emulator emulator = Emulator.of(machine, board.core().architecture(), tools);
    Duration patience = mistake == 6 ? Duration.ofSeconds(2) : Duration.ofSeconds(60);
    return new Emulator(machine, emulator.qemu(), patience)
        .run(image, TinyModel.MODEL, TinyModel.INPUTS, TinyModel.EXPECTED);
  }
}

package io.mcudeploy.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolsTest {
  @TempDir Path folder;

  @BeforeEach
  void installACompiler() throws IOException {
    program("riscv64-elf-gcc", "echo riscv64-elf-gcc 13.2");
  }

  @Test
  void findsAToolByAnyOfItsNames() {
    InstalledTool found = tools(Map.of()).find(Tool.RISCV_GCC).orElseThrow();

    assertThat(found.program()).isEqualTo(folder.resolve("riscv64-elf-gcc"));
    assertThat(found.version()).isEqualTo("riscv64-elf-gcc 13.2");
  }

  @Test
  void aVariableGoesBeforeThePath() throws IOException {
    Path mine = program("mine", "echo my own");
    Tools tools = tools(Map.of("MCU_DEPLOY_RISCV_GCC", mine.toString()));

    assertThat(tools.require(Tool.RISCV_GCC).version()).isEqualTo("my own");
  }

  @Test
  void aMissingToolComesWithTheCommandsThatInstallIt() {
    assertThatThrownBy(() -> tools(Map.of()).require(Tool.emulator(Architecture.ARM)))
        .isInstanceOfSatisfying(
            DiagnosticException.class,
            e -> {
              assertThat(e.diagnostic().code()).isEqualTo(Code.E0603);
              assertThat(e.diagnostic().code().exitStatus()).isEqualTo(ExitStatus.MISSING_TOOL);
              assertThat(e.diagnostic().helps())
                  .containsExactly(
                      "Debian, Ubuntu: sudo apt-get install qemu-system-arm",
                      "Fedora: sudo dnf install qemu-system-arm-core",
                      "macOS: brew install qemu");
            });
  }

  @Test
  void aVariableThatNamesNothingIsSaidSo() {
    Tools tools = tools(Map.of("MCU_DEPLOY_RISCV_GCC", "/nowhere/gcc"));

    assertThatThrownBy(() -> tools.require(Tool.RISCV_GCC))
        .hasMessageContaining("MCU_DEPLOY_RISCV_GCC names `/nowhere/gcc`, which does not run");
  }

  @Test
  void aProgramThatDoesNotWorkIsNotThere() throws IOException {
    program("qemu-system-arm", "exit 127");

    assertThat(tools(Map.of()).find(Tool.QEMU_ARM)).isEmpty();
  }

  private Tools tools(Map<String, String> more) {
    Map<String, String> environment = new TreeMap<>(more);
    environment.put("PATH", folder.toString());
    return new Tools(environment);
  }

  private Path program(String name, String command) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + command + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}

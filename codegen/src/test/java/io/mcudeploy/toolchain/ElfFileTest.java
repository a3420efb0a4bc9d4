package io.mcudeploy.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.board.Boards;
import io.mcudeploy.board.Core;
import io.mcudeploy.toolchain.ElfFile.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElfFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m4", "rv32imc"})
  void sizesAreThoseOfTheSource(String core) throws IOException {
    ElfFile image = ElfFile.read(image(Boards.core(core)));

    assertThat(image.sections())
        .extracting(Section::name)
        .containsExactly(".text", ".rodata", ".data", ".bss");
    assertThat(image.constantBytes()).isEqualTo(100);
    assertThat(image.ramBytes()).isEqualTo(40 + 1000);
    assertThat(image.flashBytes()).isEqualTo(image.codeBytes() + 100 + 40);
    ElfFile.Symbol start = image.symbol("start").orElseThrow();
    assertThat(start.function()).isTrue();
    assertThat(start.address()).isEqualTo(0x1000);
    assertThat(start.size()).isPositive();
    assertThat(image.symbol("zeroed").orElseThrow().size()).isEqualTo(1000);
  }

  @Test
  void whatIsNoImageIsRefused() throws IOException {
    Path text = folder.resolve("text");
    Files.writeString(text, "no image at all, but long enough to hold the header of an ELF file");

    assertThatThrownBy(() -> ElfFile.read(text)).isInstanceOf(IOException.class);
  }

  @Test
  void aTruncatedImageIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(image(Boards.core("cortex-m4")));
    Path half = folder.resolve("half");
    Files.write(half, Arrays.copyOf(whole, whole.length / 2));

    assertThatThrownBy(() -> ElfFile.read(half))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("truncated");
  }

  private Path image(Core core) throws IOException {
    NeededTools.assumeFor(Architecture.ARM);
    NeededTools.assumeFor(Architecture.RISCV);
    Files.writeString(
        folder.resolve("sizes.c"),
        """
        extern const signed char constants[100];
        const signed char constants[100] = {1};
        volatile int variables[10] = {1};
        volatile char zeroed[1000];
        void start(void);
        void start(void) { zeroed[0] = (char)constants[variables[1]]; }
        """);
    Files.writeString(
        folder.resolve("sizes.ld"),
        """
        ENTRY(start)
        SECTIONS {
          .text 0x1000 : { *(.text*) }
          .rodata 0x2000 : { *(.rodata*) }
          .data 0x3000 : { *(.data*) *(.sdata*) }
          .bss 0x4000 (NOLOAD) : { *(.bss*) *(.sbss*) }
          /DISCARD/ : { *(.ARM.*) }
        }
        """);
    return Toolchain.of(core, Tools.ofThisProcess())
        .build(folder, List.of("sizes.c"), List.of(), folder.resolve("sizes.ld"), folder, "sizes");
  }
}

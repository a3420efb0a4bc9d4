package io.mcudeploy.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.toolchain.Command;
import io.mcudeploy.toolchain.ElfFile;
import io.mcudeploy.toolchain.NeededTools;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short sequences of instructions cost what the manuals' tables say, added up by hand. */
class CycleTableTest {
  private static final ModelUnderTest.TestedLayer LAYER =
      ModelUnderTest.TestedLayer.whole("sequence", List.of(), List.of());

  /** Calls the hooks around each sequence, after two calibrations, all of it twice. */
  private static final String FRAME =
      """
          .syntax unified
          .thumb
          .section .vectors, "a"
          .word 0x20010000, start + 1
          .text
          .type start, %%function
      start:
          sub sp, #32
          mov r6, sp
          movs r7, #4
          movs r0, #1
          bl x_layer_begin
          bl x_layer_end
          bl x_layer_begin
          bl x_layer_end
          bl sequences
          bl sequences
          ldr r1, =verdict
          movs r0, #4
          bkpt 0xab
          ldr r1, =0x20026
          movs r0, #0x18
          bkpt 0xab
      .type x_layer_begin, %%function
      .global x_layer_begin
      x_layer_begin:
          ldr r1, =layer_marks - 1
          strb r0, [r1, r0]
          bx lr
      .ltorg
      .type x_layer_end, %%function
      .global x_layer_end
      x_layer_end:
          bx lr
      .type sequences, %%function
      sequences:
          push {lr}
          sub sp, #28
          mov r6, sp
      %s
          add sp, #28
          pop {pc}
          .ltorg
      verdict:
          .asciz "\\nPASS\\n"
          .bss
          .type layer_marks, %%object
          .global layer_marks
      layer_marks:
          .space 64
          .size layer_marks, 64
      """;

  @TempDir Path folder;

  /** A sequence with its cycles without refills, its refills and what operands may add. */
  private record Sequence(String instructions, long cycles, long refills, long spread) {}

  @Test
  void cortexM4() throws IOException {
    check(
        "mps2-an386",
        List.of(
            new Sequence("adds r0, r0, r1; smlad r2, r3, r4, r5; smull r0, r1, r2, r3", 3, 0, 0),
            new Sequence("ldr r2, [r6]; ldr r3, [r6, #4]; ldr r4, [r6, #8]", 4, 0, 0),
            new Sequence("ldr r2, [r6]; adds r2, #1; ldr r3, [r6]", 5, 0, 0),
            new Sequence("mov r2, r6; ldr r2, [r6]", 3, 0, 0),
            new Sequence("ldrd r2, r3, [r6]; ldm r6, {r2-r5}", 3 + 5, 0, 0),
            new Sequence("str r2, [r6]; str r2, [r6, r7]; strd r2, r3, [r6]", 1 + 2 + 3, 0, 0),
            new Sequence("movs r0, #4; 1: subs r0, #1; bne 1b", 1 + 8, 3, 0),
            new Sequence("udiv r0, r7, r7", 2, 0, 10),
            new Sequence("cmp r0, r0; it eq; moveq r1, #1", 2, 0, 0),
            new Sequence("cmp.w r0, r0; it eq; moveq r1, #1", 3, 0, 0),
            new Sequence("adds r5, r6, #1; ldr r2, [r5]", 1 + 2 + 2, 0, 0),
            new Sequence("adds r5, r6, #2; ldr r2, [r5]", 1 + 2 + 1, 0, 0),
            new Sequence("push {r0, r1}; pop {r0, r1}", 6, 0, 0),
            new Sequence("b 1f; nop; 1: nop", 2, 1, 0)));
  }

  @Test
  void cortexM3() throws IOException {
    check(
        "mps2-an385",
        List.of(
            new Sequence("mul r0, r1, r2; mla r0, r1, r2, r3", 1 + 2, 0, 0),
            new Sequence("smull r0, r1, r2, r3; smlal r0, r1, r2, r3", 3 + 4, 0, 2 + 3)));
  }

  @Test
  void cortexM0() throws IOException {
    check(
        "rp2040",
        List.of(
            new Sequence("muls r0, r1, r0; ldr r2, [r6]; ldr r3, [r6]", 1 + 2 + 2, 0, 0),
            new Sequence("str r2, [r6]; push {r0, r1}; pop {r0, r1}", 2 + 3 + 3, 0, 0),
            new Sequence("movs r0, #4; 1: subs r0, #1; bne 1b", 1 + 8, 3, 0)));
  }

  private void check(String name, List<Sequence> sequences) throws IOException {
    NeededTools.assumeFor(Architecture.ARM);
    NeededTools.assume("gcc");
    Board board = Boards.find(name);
    Tools tools = Tools.ofThisProcess();
    Path image = image(board, sequences, tools);
    Emulator emulator =
        Emulator.of(board.emulation().machine(), board.core().architecture(), tools);
    CountingPlugin plugin = CountingPlugin.compile(folder, emulator.qemu(), tools);
    ModelUnderTest model =
        new ModelUnderTest(
            "x", 0, List.of(), List.of(), Collections.nCopies(sequences.size(), LAYER));
    Path out = folder.resolve("counts.txt");

    emulator.run(image, folder, plugin.arguments(board.core(), ElfFile.read(image), model, 1, out));

    List<LayerCounts> counts =
        CountingPlugin.parse(
                new RunResult(List.of(), List.of(), 0, List.of()),
                Collections.nCopies(sequences.size(), 1),
                out)
            .layers();
    List<Sequence> found = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      LayerCounts count = counts.get(i);
      found.add(
          new Sequence(
              sequences.get(i).instructions(), count.cycles(), count.refills(), count.spread()));
    }
    assertThat(found).containsExactlyElementsOf(sequences);
  }

  private Path image(Board board, List<Sequence> sequences, Tools tools) throws IOException {
    StringBuilder text = new StringBuilder();
    int layer = 0;
    for (Sequence sequence : sequences) {
      text.append("    movs r0, #" + ++layer + "\n    bl x_layer_begin\n    ");
      text.append(sequence.instructions());
      text.append("\n    bl x_layer_end\n");
    }
    Path source = Files.writeString(folder.resolve("x.S"), FRAME.formatted(text));
    Path image = folder.resolve("x.elf");
    List<String> words = new ArrayList<>();
    words.add(tools.require(Tool.ARM_GCC).program().toString());
    words.addAll(board.core().compilerFlags());
    words.addAll(
        List.of(
            "-nostdlib", "-Wl,--section-start=.vectors=0", "-Wl,-Ttext=0x100,-Tbss=0x20000000"));
    words.addAll(List.of("-Wl,-e,start", "-o", image.toString(), source.toString()));
    Command.Outcome outcome = new Command(words, folder, Duration.ofMinutes(1)).run().orElseThrow();
    assertThat(outcome.status()).as(outcome.output()).isZero();
    return image;
  }
}

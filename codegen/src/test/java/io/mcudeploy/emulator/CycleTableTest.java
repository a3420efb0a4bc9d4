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

/**
 * Short sequences of instructions cost what the manuals' tables and the rules of docs/cycles.md
 * say, added up by hand.
 */
class CycleTableTest {
  private static final ModelUnderTest.TestedLayer LAYER =
      ModelUnderTest.TestedLayer.whole("sequence", List.of(), List.of());

  /** Calls the hooks around each sequence, after two calibrations, all of it twice. */
  private static final String FRAME =
      """
          .syntax unified
          .thumb
          .section .vectors, "a"
          .word %#x, start + 1
          .text
          .type start, %%function
      start:
          ldr r0, =0x00f00000
          ldr r1, =0xe000ed88 // vectors are switched on as coprocessors
          str r0, [r1]
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

  /** Where a machine has the vectors, with code behind them, and RAM. */
  private enum Addresses {
    PLAIN(0, 0x20000000L),
    AN505(0x10000000L, 0x38000000L),
    AN547(0x10000000L, 0x30000000L);

    private final long code;
    private final long ram;

    Addresses(long code, long ram) {
      this.code = code;
      this.ram = ram;
    }
  }

  /**
   * A sequence with its cycles without refills, its refills and what it may take beyond. The call
   * behind it, which takes a cycle alone, may pair with its last instruction.
   */
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
            new Sequence("cmp r0, r0; it eq; ldreq r1, [r6]", 1 + 2, 0, 0),
            new Sequence("cmp r0, r0; it ne; ldrne r1, [r6]", 1 + 1, 0, 0),
            new Sequence("cmp r0, r0; it ne; ldmne r6, {r2-r5}", 1 + 1, 0, 0),
            new Sequence("cmp r0, r0; ite ne; strne r1, [r6, r7]; moveq r1, #1", 3, 0, 0),
            new Sequence("cmp r0, r0; it ne; udivne r0, r7, r7", 1 + 1, 0, 11),
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

  @Test
  void cortexM7() throws IOException {
    String sums = "eor.w r0, r1, r5; ";
    check(
        "mps2-an500",
        List.of(
            new Sequence("add.w r0, r1, r2; add.w r3, r4, r5", 1, 0, 0),
            // An early ALU feeds the late one.
            new Sequence("add.w r2, r3, r4; eor.w r5, r2, r1; eor.w r0, r1, r4", 1, 0, 1),
            new Sequence("smlad r2, r3, r4, r2;" + sums + "smlad r2, r3, r4, r2;" + sums, 2, 0, 0),
            new Sequence("smlad r2, r3, r4, r5; eor.w r0, r2, r1", 2, 0, 0),
            new Sequence("ldr r2, [r6]; eor.w r3, r2, r4", 1, 0, 0),
            new Sequence("ldr r2, [r6]; smlad r3, r2, r4, r5", 2, 0, 0),
            new Sequence("ldr r2, [r6]; ldr r3, [r6, #4]; eor.w r0, r1, r4", 1, 0, 1),
            new Sequence("ldrd r2, r3, [r6]; ldrd r4, r5, [r6, #8]", 2, 0, 2),
            new Sequence("str r2, [r6]; ldr r3, [r6, #8]; str r2, [r6]; ldr r4, [r6, #8]", 2, 0, 0),
            new Sequence("eor.w r0, r1, r2; sxtb16 r3, r4; eor.w r5, r8, r9", 2, 0, 0),
            new Sequence("add.w r5, r6, #1; ldr r2, [r5]", 2 + 3, 0, 2),
            // At worst 8 cycles for the first and for the last of the branches, 1 for those
            // between.
            new Sequence("movs r0, #4; 1: subs r0, #1; bne 1b", 5, 0, 1 + 4 + 8 + 1 + 1 + 8 - 5)));
  }

  @Test
  void cortexM33() throws IOException {
    check(
        "mps2-an505",
        Addresses.AN505,
        List.of(
            new Sequence("add.w r0, r1, r2; eor.w r3, r4, r5", 2, 0, 0),
            new Sequence("ldr r2, [r6]; adds r3, r2, r4", 3, 0, 0),
            new Sequence("ldr r2, [r6]; smlad r3, r4, r5, r2", 2, 0, 0),
            new Sequence("smlad r2, r3, r4, r2; smlad r2, r3, r4, r2", 2, 0, 0),
            new Sequence("smlad r2, r3, r4, r5; eor.w r0, r2, r1", 3, 0, 0),
            new Sequence("ldrd r2, r3, [r6]; ldm r6, {r2-r5}", 2 + 4, 0, 0),
            new Sequence("sxtb16 r2, r3; smlad r4, r2, r5, r4", 2, 0, 1),
            new Sequence("movs r0, #4; 1: subs r0, #1; bne 1b", 1 + 4 + 3, 0, 3),
            new Sequence("movs r0, #4; 1: subs.w r0, #1; bne 1b", 1 + 4 + 4 + 3 * 2, 0, 0)));
  }

  @Test
  void cortexM55() throws IOException {
    check(
        "mps3-an547",
        Addresses.AN547,
        List.of(
            new Sequence("vldrb.u8 q0, [r6]; vldrb.u8 q1, [r6]", 2 + 1, 0, 0),
            new Sequence("vmladava.s8 r0, q0, q1; vmladava.s8 r2, q0, q1", 2 + 1, 0, 0),
            new Sequence(
                "vldrb.u8 q0, [r6]; vmladava.s8 r0, q0, q1; vldrb.u8 q1, [r6];"
                    + " vmladava.s8 r2, q0, q1",
                4,
                0,
                0),
            new Sequence("vldrb.u8 q0, [r6]; vadd.i8 q1, q0, q0; vstrb.8 q1, [r6]", 3, 0, 0),
            new Sequence("vqrdmulh.s32 q0, q1, q2; vadd.i32 q3, q0, q1", 3, 0, 0),
            new Sequence("vmladav.s8 r0, q0, q1; add.w r2, r0, r1", 3, 0, 1),
            // Distances are needed four cycles early; four words take two cycles, or four.
            new Sequence(
                "vmov.i32 q1, #0; vldrw.u32 q0, [r6, q1]; vldrb.u8 q2, [r6]", 1 + 4 + 1 + 2, 0, 2),
            new Sequence("adds r0, #1; adds r1, #1", 1, 0, 1),
            new Sequence("ldr r2, [r6]; add.w r3, r2, r4", 3, 0, 0),
            // The end of a loop is executed once.
            new Sequence("dls lr, r7; 1: add.w r0, r1, r2; le lr, 1b", 1 + 4 + 1 + 1, 0, 2)));
  }

  private void check(String name, List<Sequence> sequences) throws IOException {
    check(name, Addresses.PLAIN, sequences);
  }

  private void check(String name, Addresses addresses, List<Sequence> sequences)
      throws IOException {
    NeededTools.assumeFor(Architecture.ARM);
    NeededTools.assume("gcc");
    Board board = Boards.find(name);
    Tools tools = Tools.ofThisProcess();
    Path image = image(board, addresses, sequences, tools);
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

  private Path image(Board board, Addresses addresses, List<Sequence> sequences, Tools tools)
      throws IOException {
    StringBuilder text = new StringBuilder();
    int layer = 0;
    for (Sequence sequence : sequences) {
      text.append("    movs r0, #" + ++layer + "\n    bl x_layer_begin\n    ");
      text.append(sequence.instructions());
      text.append("\n    bl x_layer_end\n");
    }
    Path source =
        Files.writeString(folder.resolve("x.S"), FRAME.formatted(addresses.ram + 0x10000, text));
    Path image = folder.resolve("x.elf");
    List<String> words = new ArrayList<>();
    words.add(tools.require(Tool.ARM_GCC).program().toString());
    words.addAll(board.core().compilerFlags());
    words.addAll(
        List.of(
            "-nostdlib",
            "-Wl,--section-start=.vectors=%#x".formatted(addresses.code),
            "-Wl,-Ttext=%#x,-Tbss=%#x".formatted(addresses.code + 0x100, addresses.ram)));
    words.addAll(List.of("-Wl,-e,start", "-o", image.toString(), source.toString()));
    Command.Outcome outcome = new Command(words, folder, Duration.ofMinutes(1)).run().orElseThrow();
    assertThat(outcome.status()).as(outcome.output()).isZero();
    return image;
  }
}

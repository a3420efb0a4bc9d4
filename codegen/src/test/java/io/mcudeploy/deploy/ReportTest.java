package io.mcudeploy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Boards;
import io.mcudeploy.evaluation.Evaluation;
import io.mcudeploy.simplification.Simplification.Removal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static Report report(Optional<Report.Verified> verified) {
    OptionalLong instructions =
        verified.isPresent() ? OptionalLong.of(2_500) : OptionalLong.empty();
    return new Report(
        "kws",
        "kws.onnx",
        Boards.find("mps2-an500"),
        List.of(
            new Report.LayerRow(
                1, "conv", "conv2d 3x3", "portable", 1_000, 2_400, instructions, 1_234, 64),
            new Report.LayerRow(2, "add", "add [10]", "portable", 0, 90, instructions, 0, 0)),
        1_000,
        1_234,
        2_048,
        2_000,
        List.of(
            new Report.MemoryRow("ssram1", 0, 1_234), new Report.MemoryRow("ssram23", 2_048, 0)),
        Optional.empty(),
        verified,
        Optional.of(
            new Evaluation(
                50, OptionalDouble.empty(), OptionalDouble.empty(), 0.98, 0.0123, 0.5, 31.4)),
        List.of(),
        List.of(new Removal("y", "conv", 24, 64)),
        List.of());
  }

  @Test
  void readsAsATableAndAListOfFigures() {
    Report.Verified verified =
        new Report.Verified(4, OptionalLong.of(5_000), 132, 26_612, 12_624, List.of("gcc", "qemu"));

    assertThat(report(Optional.of(verified)).markdown())
        .isEqualTo(
            """
            # kws on Arm MPS2 with FPGA image AN500 (Cortex-M7)

            |   | layer | operator   | kernel   |   MAC | instructions | a MAC | constants | scratch |
            |--:|:------|:-----------|:---------|------:|-------------:|------:|----------:|--------:|
            | 1 | conv  | conv2d 3x3 | portable | 1,000 |        2,500 |  2.50 |     1,234 |      64 |
            | 2 | add   | add [10]   | portable |     0 |        2,500 |       |         0 |       0 |
            |   | all   |            |          | 1,000 |        5,000 |  5.00 |     1,234 |         |

            - arena: 2,048 bytes, lower bound over all orders of layers 2,000: a gap of 48 bytes, 2.4 %
            - in ssram1: 1,234 bytes of constants
            - in ssram23: 2,048 bytes of arena
            - stack: 132 bytes, measured
            - constants: 1,234 bytes of flash
            - removed: 24 of 64 channels of layer conv: no output depends on them
            - flash: 26,612 bytes in all: network, start-up code and example; 12,624 of them instructions
            - verified: 4 inputs, every layer equal to the golden model bit for bit, on QEMU's mps2-an500
            - proves: the same machine code at the board's own addresses, bit for bit, with its instruction counts
            - but: no wait states, no pipeline, no caches, no tightly coupled memories
            - int8: the float model's answer on 98.0 % of 50 calibration samples; mean output error 0.0123, largest 0.5000; SQNR 31.4 dB
            """);
  }

  @Test
  void claimsNothingThatWasNotMeasured() {
    Report report = report(Optional.empty());

    assertThat(report.markdown())
        .doesNotContain("verified")
        .doesNotContain("stack")
        .contains("| estimated |", "|     2,400 |  2.40 |", "Instructions are estimates");
    assertThat(report.facts()).doesNotContainKey("verified").containsEntry("macs", 1_000L);
  }
}

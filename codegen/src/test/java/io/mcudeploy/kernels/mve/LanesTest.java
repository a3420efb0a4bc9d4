package io.mcudeploy.kernels.mve;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LanesTest {
  @Test
  void numbersGiveTheBytesOfTheOutputStage() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      OutputStage stage =
          new OutputStage(
              List.of(new Multiplier((1 << 30) + random.nextInt(1 << 30), 1 + random.nextInt(31))),
              random.nextInt(256) - 128,
              -128,
              127);
      int accumulator = random.nextInt() >> random.nextInt(24);

      assertThat(outputLane(accumulator, stage, true))
          .as("%s of %s", stage, accumulator)
          .isEqualTo(stage.apply(0, accumulator));
    }
  }

  @Test
  void tiesOfBothSignsGoAwayFromZero() {
    for (int shift = 1; shift < 6; shift++) {
      OutputStage stage = new OutputStage(List.of(new Multiplier(1 << 30, shift)), 3, -128, 127);
      for (int accumulator = -600; accumulator < 600; accumulator++) {
        assertThat(outputLane(accumulator, stage, true))
            .as("%s of %s", stage, accumulator)
            .isEqualTo(stage.apply(0, accumulator));
      }
    }
  }

  @Test
  void tiesOfNegativeNumbersDoNotMatterBelowReLU() {
    for (int shift = 1; shift < 6; shift++) {
      OutputStage stage = new OutputStage(List.of(new Multiplier(1 << 30, shift)), -128, -128, 127);
      for (int accumulator = -600; accumulator < 600; accumulator++) {
        assertThat(outputLane(accumulator, stage, false))
            .as("%s of %s", stage, accumulator)
            .isEqualTo(stage.apply(0, accumulator));
      }
    }
  }

  @Test
  void onlyShiftsToTheRightTakeTheShortOutputStage() {
    assertThat(lanes(Multiplier.of(0.001), Multiplier.of(0.3)).word()).isEqualTo("output_lanes");
    assertThat(lanes(Multiplier.of(0.001), Multiplier.of(1.5)).word())
        .isEqualTo("output_lanes_any");
    assertThat(lanes(Multiplier.of(0.001), Multiplier.of(0)).word()).isEqualTo("output_lanes");
  }

  @Test
  void numbersLieFourByFourAndOfTheLastChannelsTwice() {
    Lanes lanes = lanes(Collections.nCopies(5, Multiplier.of(0.25)).toArray(Multiplier[]::new));
    KernelCode code = lanes.with(KernelCode.of("conv", "cmsis-nn/mve/x"), new ChannelGroups(5));
    int m = 1 << 30;

    assertThat(code.constants().get(0).values())
        .isEqualTo(
            Int32Array.of(
                0, 1, 2, 3, m, m, m, m, -1, -1, -1, -1, 1, 2, 3, 4, m, m, m, m, -1, -1, -1, -1));
  }

  private static Lanes lanes(Multiplier... multipliers) {
    int[] biases = new int[multipliers.length];
    for (int i = 0; i < biases.length; i++) {
      biases[i] = i;
    }
    return Lanes.of(
        Int32Array.of(biases),
        Int8Array.of(new byte[biases.length]),
        1,
        0,
        new OutputStage(List.of(multipliers), 0, -128, 127));
  }

  /** What VQRDMULH, VSHR, VADD, VRSHL and the clamp of {@code output_lanes} make of a lane. */
  private static byte outputLane(int accumulator, OutputStage stage, boolean ties) {
    Multiplier multiplier = stage.multipliers().get(0);
    long high = (2L * accumulator * multiplier.multiplier() + (1L << 31)) >> 32;
    long below = ties ? high >> 31 : 0;
    long value = (high + below + (1L << (multiplier.shift() - 1))) >> multiplier.shift();
    return stage.clamp((int) value + stage.zeroPoint());
  }
}

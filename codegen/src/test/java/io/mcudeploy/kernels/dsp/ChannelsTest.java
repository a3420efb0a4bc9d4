package io.mcudeploy.kernels.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelsTest {
  private static final long BOUND = 1 << 24;

  @Test
  void fastNumbersGiveTheBytesOfTheOutputStage() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      OutputStage stage =
          new OutputStage(
              List.of(new Multiplier((1 << 30) + random.nextInt(1 << 30), 1 + random.nextInt(22))),
              random.nextInt(255) - 127,
              -128,
              127);
      int accumulator = random.nextInt(2 << 24) - (1 << 24);

      assertThat(output8(accumulator, channels(stage).numbers(0), true))
          .as("%s of %s", stage, accumulator)
          .isEqualTo(stage.apply(0, accumulator));
    }
  }

  @Test
  void channelsBehindAReLUAreLinesOfOneShift() {
    Random random = new Random(2);
    for (int i = 0; i < 100; i++) {
      OutputStage stage =
          new OutputStage(
              List.of(
                  new Multiplier((1 << 30) + random.nextInt(1 << 30), 9 + random.nextInt(3)),
                  new Multiplier((1 << 30) + random.nextInt(1 << 30), 9)),
              -128,
              -128,
              127);
      Channels channels = Channels.of(Int32Array.of(0, 0), Int32Array.of(0, 0), 0, stage, BOUND);

      assertThat(channels.word()).isEqualTo("output8_line");
      assertThat(channels.number()).isEqualTo(8);
      for (int channel = 0; channel < 2; channel++) {
        int accumulator = random.nextInt(2 << 20) - (1 << 20);
        assertThat(outputLine(accumulator, channels.numbers(channel), channels.number()))
            .as("%s of %s", stage, accumulator)
            .isEqualTo(stage.apply(channel, accumulator));
      }
    }
  }

  @Test
  void multiplierOfZeroGivesTheZeroPoint() {
    OutputStage stage = new OutputStage(List.of(new Multiplier(0, 0)), -7, -128, 127);
    Channels channels = channels(stage);

    assertThat(channels.isConstant(0)).isTrue();
    assertThat(channels.biases()).isEqualTo(Int32Array.of(0));
    assertThat(output8(0, channels.numbers(0), true)).isEqualTo((byte) -7);
  }

  @Test
  void leftShiftsTakeTheGeneralOutputStage() {
    OutputStage stage =
        new OutputStage(List.of(Multiplier.of(0.001), Multiplier.of(1.5)), 0, -128, 127);
    Channels channels = Channels.of(Int32Array.of(1, 2), Int32Array.of(0, 0), 0, stage, BOUND);

    assertThat(channels.word()).isEqualTo("output8_any");
    assertThat(channels.numbers(1)).containsExactly(2, 3 << 29, 0, -1);
  }

  @Test
  void sumsThatLeaveNoRoomForRoundingTakeTheGeneralOutputStage() {
    OutputStage stage = new OutputStage(List.of(new Multiplier(1 << 30, 22)), -128, -128, 127);

    assertThat(
            Channels.of(Int32Array.of(0), Int32Array.of(0), 0, stage, Integer.MAX_VALUE - 1L)
                .word())
        .isEqualTo("output8_any");
  }

  @Test
  void zeroPointOfTheInputIsFoldedIntoTheBias() {
    OutputStage stage = new OutputStage(List.of(Multiplier.of(0.001)), 0, -128, 127);

    assertThat(Channels.of(Int32Array.of(100), Int32Array.of(30), -5, stage, BOUND).biases())
        .isEqualTo(Int32Array.of(250));
  }

  private static Channels channels(OutputStage stage) {
    return Channels.of(Int32Array.of(0), Int32Array.of(0), 0, stage, BOUND);
  }

  /** The word output8 of cmsis-nn/dsp/core.h. */
  private static byte output8(int acc, List<Integer> numbers, boolean tiesAwayFromZero) {
    int high = (int) (((long) acc * numbers.get(1) + ((long) acc << 32) + (1L << 31)) >> 32);
    int value = high + (tiesAwayFromZero ? high >> 31 : 0);
    int rounded = (value + numbers.get(2)) >> numbers.get(3);
    return (byte) Math.max(-128, Math.min(127, rounded));
  }

  /** The word output8_line, of a sum that begins with the channel's bias. */
  private static byte outputLine(int acc, List<Integer> numbers, int shift) {
    long product = ((long) acc + numbers.get(0)) * numbers.get(1);
    long value = (product + ((long) numbers.get(2) << 32)) >> 32 >> shift;
    return (byte) Math.max(-128, Math.min(127, value));
  }
}

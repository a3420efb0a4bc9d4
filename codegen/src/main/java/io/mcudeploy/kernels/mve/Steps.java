package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A vector of inputs as steps of 16 numbers, written out, and the weights in the order in which the
 * steps read them. Long vectors repeat a body of several steps; the first step, which begins the
 * sums, and the steps that do not fill a body stand before and behind it.
 *
 * @param inputs length of the vector
 * @param tail inputs of the last step if what is behind them must not be read, else 0; elsewhere
 *     weights of 0 forget it
 * @param body steps that are repeated; 0 if none are
 * @param rounds how often
 */
record Steps(int inputs, int tail, int body, int rounds) {
  static final int SIZE = 16;

  /** Vectors of so many steps are written out, which is 56 bytes of code a step. */
  private static final int MOST_UNROLLED = 10;

  private static final int SHORTEST_BODY = 4;
  private static final int LONGEST_BODY = 8;

  /** What a round costs, in instructions. */
  private static final long ROUND_COST = 2;

  /** What a tail costs. */
  private static final int TAIL_COST = 2;

  /** The steps of a vector with readable memory up to a multiple of 16 behind it. */
  static Steps padded(int inputs) {
    return of(inputs, 0);
  }

  /** The steps of a vector with nothing behind it. */
  static Steps exact(int inputs) {
    return of(inputs, inputs % SIZE);
  }

  private static Steps of(int inputs, int tail) {
    int steps = (inputs + SIZE - 1) / SIZE;
    if (steps <= MOST_UNROLLED) {
      return new Steps(inputs, tail, 0, 0);
    }
    int repeatable = steps - 1 - Math.min(1, tail);
    int best = LONGEST_BODY;
    for (int body = LONGEST_BODY; body >= SHORTEST_BODY; body--) {
      if (written(repeatable, body) < written(repeatable, best)) {
        best = body;
      }
    }
    return new Steps(inputs, tail, best, repeatable / best);
  }

  /** Steps in the code. */
  private static int written(int repeatable, int body) {
    return body + repeatable % body;
  }

  int count() {
    return (inputs + SIZE - 1) / SIZE;
  }

  /**
   * The macros of {@code cmsis-nn/mve/core.h}, one a line.
   *
   * @param prefix of their names, such as {@code MVE_BLOCK}
   */
  List<String> lines(String prefix) {
    List<String> lines = new ArrayList<>();
    lines.add(prefix + "_FIRST");
    if (rounds > 0) {
      lines.add("BEGIN_ROUND");
      lines.addAll(Collections.nCopies(body, prefix + "_STEP"));
      lines.add("END_ROUND");
    }
    lines.addAll(Collections.nCopies(count() - 1 - body * rounds, prefix + "_STEP"));
    if (tail > 0) {
      lines.set(lines.size() - 1, lines.get(lines.size() - 1) + "_TAIL");
    }
    return lines;
  }

  /** The code with what its inline assembly names. */
  KernelCode with(KernelCode code, String prefix) {
    return code.with("inputs", inputs)
        .with("steps", lines(prefix))
        .with("rounds", rounds > 0 ? List.of(rounds) : List.of())
        .with("tails", tail > 0 ? List.of(tail) : List.of());
  }

  /** Instructions of the sums of a block. */
  long cost(int stepCost) {
    return (long) count() * stepCost + ROUND_COST * rounds + (tail > 0 ? TAIL_COST : 0);
  }

  /**
   * The weights as the steps read them, filled up with zeros.
   *
   * @param weights [channels][inputs]
   */
  ConstantArray pack(Int8Array weights, ChannelGroups groups) {
    return new ConstantArray(
        "weights",
        CType.INT8,
        Int32Array.computed(
            groups.count() * bytes(groups),
            () ->
                groups.firsts().stream()
                    .flatMapToInt(first -> packed(weights, groups, first))
                    .toArray()),
        SIZE,
        "[%d groups of channels]%s".formatted(groups.count(), layout(groups)));
  }

  /**
   * The same with the numbers of each group's channels behind its weights, so that one pointer
   * reads all that a block needs; in words, which is how the numbers have to be aligned.
   *
   * @param weights [channels][inputs]
   * @param lanes of the same channels
   */
  ConstantArray pack(Int8Array weights, ChannelGroups groups, Lanes lanes) {
    return new ConstantArray(
        "weights",
        CType.INT32,
        Int32Array.computed(
            groups.count() * (bytes(groups) / 4 + Lanes.SIZE * Lanes.NUMBERS),
            () ->
                groups.firsts().stream()
                    .flatMapToInt(
                        first ->
                            IntStream.concat(
                                words(packed(weights, groups, first).toArray()),
                                lanes.numbers(first)))
                    .toArray()),
        SIZE / 2,
        "[%d groups of channels] of %s int8 and [bias, multiplier, left shift][4 channels] int32"
            .formatted(groups.count(), layout(groups)));
  }

  /** The weights of a group. */
  private int bytes(ChannelGroups groups) {
    return count() * groups.size() * SIZE;
  }

  private String layout(ChannelGroups groups) {
    return "[%d steps][%d channels][16 inputs]".formatted(count(), groups.size());
  }

  private IntStream packed(Int8Array weights, ChannelGroups groups, int first) {
    IntStream.Builder packed = IntStream.builder();
    for (int step = 0; step < count(); step++) {
      for (int channel = first; channel < first + groups.size(); channel++) {
        for (int i = step * SIZE; i < (step + 1) * SIZE; i++) {
          packed.add(
              channel < groups.channels() && i < inputs ? weights.get(channel * inputs + i) : 0);
        }
      }
    }
    return packed.build();
  }

  /** Bytes by fours, the first one lowest. */
  private static IntStream words(int[] bytes) {
    return IntStream.range(0, bytes.length / 4)
        .map(
            i ->
                (bytes[4 * i] & 0xff)
                    | (bytes[4 * i + 1] & 0xff) << 8
                    | (bytes[4 * i + 2] & 0xff) << 16
                    | bytes[4 * i + 3] << 24);
  }
}

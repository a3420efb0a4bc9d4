package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Cost;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The output channels of a layer as the templates take them: how an accumulator starts and how it
 * becomes an output.
 *
 * @param word the output stage of {@code cmsis-nn/dsp/core.h} that suits all multipliers
 * @param biases with the input's zero point folded in; 0 where the multiplier is 0
 * @param stage the layer's output stage
 * @param lines one for each channel with the word {@code output8_line}, else none
 */
public record Channels(String word, Int32Array biases, OutputStage stage, List<Line> lines) {
  /** Numbers a channel: bias, multiplier, addend, shift. */
  private static final int NUMBERS = 4;

  private static final String LINE = "output8_line";
  private static final String FAST = "output8";
  private static final String ANY = "output8_any";

  /** The largest shift whose rounding constant leaves room for a sum below 2^30. */
  private static final int MOST_SHIFT = 22;

  public Channels {
    lines = List.copyOf(lines);
  }

  /** The channels of a convolution. */
  static Channels of(Conv2d conv) {
    return of(
        conv.bias(),
        rowSums(conv.weights(), conv.outputChannels()),
        conv.inputZeroPoint(),
        conv.output(),
        conv.accumulatorBound());
  }

  /** The channels of an output stage alone, without biases. */
  public static Channels of(OutputStage stage, long accumulatorBound) {
    Int32Array none = Int32Array.of(new int[stage.multipliers().size()]);
    return of(none, none, 0, stage, accumulatorBound);
  }

  /**
   * @param biases one for each channel, the input's zero point not folded in
   * @param weightSums the sum of each channel's weights
   * @param accumulatorBound of the layer
   */
  static Channels of(
      Int32Array biases,
      Int32Array weightSums,
      int inputZeroPoint,
      OutputStage stage,
      long accumulatorBound) {
    int[] folded = fold(biases, weightSums, inputZeroPoint).toArray();
    for (int o = 0; o < folded.length; o++) {
      // A multiplier of 0 forgets the sum, so nothing needs to be summed.
      if (isConstant(stage.multipliers().get(o))) {
        folded[o] = 0;
      }
    }
    boolean fast =
        stage.multipliers().stream()
            .allMatch(m -> isConstant(m) || isFast(m, stage.zeroPoint(), accumulatorBound));
    List<Line> lines = fast ? lines(stage, accumulatorBound) : List.of();
    String word = !lines.isEmpty() ? LINE : fast ? FAST : ANY;
    return new Channels(word, Int32Array.of(folded), stage, lines);
  }

  /** The lines of all channels, or nothing if one has none. */
  private static List<Line> lines(OutputStage stage, long accumulatorBound) {
    int shift = lineShift(stage);
    List<Line> lines = new ArrayList<>();
    if (stage.lowest() < stage.zeroPoint() || shift < 1) {
      return lines;
    }
    for (Multiplier multiplier : stage.multipliers()) {
      Optional<Line> line =
          isConstant(multiplier)
              ? Optional.of(new Line(0, 0, stage.zeroPoint() << shift))
              : Line.of(
                  multiplier,
                  stage.zeroPoint(),
                  stage.lowest(),
                  stage.highest(),
                  accumulatorBound,
                  shift);
      if (line.isEmpty()) {
        return List.of();
      }
      lines.add(line.get());
    }
    return lines;
  }

  /** The shift of a layer's lines: with the largest factor, a multiplier keeps all of its bits. */
  private static int lineShift(OutputStage stage) {
    return stage.multipliers().stream()
            .filter(multiplier -> !isConstant(multiplier))
            .mapToInt(Multiplier::shift)
            .min()
            .orElse(1)
        - 1;
  }

  /** Whether an operator reads and writes int8, which is all that these kernels do. */
  static boolean areInt8(IntegerOperator operator) {
    return operator.inputStorage(0) == StorageType.INT8
        && operator.outputStorage(0) == StorageType.INT8;
  }

  /** The code with the arguments of the output stage. */
  KernelCode with(KernelCode code) {
    return code.with("output", word)
        .with("outputNumber", number())
        .with("outputZeroPoint", stage.zeroPoint())
        .with("lowest", stage.lowest())
        .with("highest", stage.highest());
  }

  /** Whether a channel's output does not depend on its sum. */
  boolean isConstant(int channel) {
    return isConstant(stage.multipliers().get(channel));
  }

  /** Whether the short output stage serves all channels. */
  public boolean isFast() {
    return word.equals(FAST);
  }

  /** Whether the output stage is a line for each channel. */
  public boolean hasLines() {
    return !lines.isEmpty();
  }

  /** Whether outputs are lines, and an int8's range is all there is to clamp. */
  boolean areBareLines() {
    return hasLines() && stage.lowest() == -128 && stage.highest() == 127;
  }

  public int count() {
    return biases.length();
  }

  /** The channels in fours. */
  ChannelGroups groups() {
    return new ChannelGroups(count());
  }

  /** The same channels without lines, whose numbers take less flash. */
  Channels plain() {
    return lines.isEmpty() ? this : new Channels(FAST, biases, stage, List.of());
  }

  /** What the word takes beside an accumulator, a channel's numbers and the clamp. */
  public int number() {
    return word.equals(LINE) ? lineShift(stage) : stage.zeroPoint();
  }

  /** Instructions of one output. */
  int cost() {
    int clamps = (stage.lowest() > -128 ? 3 : 0) + (stage.highest() < 127 ? 3 : 0);
    int ties = stage.lowest() < stage.zeroPoint() ? 1 : 0;
    return word.equals(LINE) ? 4 + clamps : isFast() ? 7 + ties + clamps : 25;
  }

  /** The same as a part of a kernel's cost, for so many outputs. */
  Cost cost(Cost cost, long outputs) {
    return cost.with("output", outputs * cost());
  }

  /** The four numbers of a channel; of a channel beyond the last one zeros that do no harm. */
  public List<Integer> numbers(int channel) {
    if (channel >= count()) {
      return List.of(0, 0, 0, 1);
    }
    Multiplier multiplier = stage.multipliers().get(channel);
    int bias = biases.get(channel);
    if (word.equals(LINE)) {
      Line line = lines.get(channel);
      return List.of(bias + line.ahead(), line.multiplier(), line.addend(), 0);
    }
    if (!isFast()) {
      return List.of(bias, multiplier.multiplier(), 0, multiplier.shift());
    }
    int shift = isConstant(multiplier) ? 1 : multiplier.shift();
    int q31 = isConstant(multiplier) ? 1 << 30 : multiplier.multiplier();
    return List.of(bias, q31 << 1, (1 << (shift - 1)) + (stage.zeroPoint() << shift), shift);
  }

  /** The constant {@code channels}: the numbers of every channel, of at least four. */
  ConstantArray constant() {
    int rows = Math.max(4, count());
    int[] values = new int[rows * NUMBERS];
    for (int channel = 0; channel < rows; channel++) {
      List<Integer> numbers = numbers(channel);
      for (int i = 0; i < NUMBERS; i++) {
        values[channel * NUMBERS + i] = numbers.get(i);
      }
    }
    return new ConstantArray(
        "channels",
        CType.INT32,
        Int32Array.of(values),
        NUMBERS,
        "[" + rows + " channels][bias, multiplier, addend, shift]");
  }

  /** Biases with the input's zero point folded in, so that raw inputs can be multiplied. */
  static Int32Array fold(Int32Array biases, Int32Array weightSums, int inputZeroPoint) {
    int[] folded = biases.toArray();
    for (int o = 0; o < folded.length; o++) {
      folded[o] -= inputZeroPoint * weightSums.get(o);
    }
    return Int32Array.of(folded);
  }

  /** Sums of each row of a matrix. */
  static Int32Array rowSums(Int8Array matrix, int rows) {
    int[] sums = new int[rows];
    int columns = matrix.length() / rows;
    for (int i = 0; i < matrix.length(); i++) {
      sums[i / columns] += matrix.get(i);
    }
    return Int32Array.of(sums);
  }

  /** Sums of each column of a matrix. */
  static Int32Array columnSums(Int8Array matrix, int columns) {
    int[] sums = new int[columns];
    for (int i = 0; i < matrix.length(); i++) {
      sums[i % columns] += matrix.get(i);
    }
    return Int32Array.of(sums);
  }

  private static boolean isConstant(Multiplier multiplier) {
    return multiplier.multiplier() == 0;
  }

  private static boolean isFast(Multiplier multiplier, int zeroPoint, long bound) {
    int shift = multiplier.shift();
    return shift >= 1
        && shift <= MOST_SHIFT
        && bound + (1L << (shift - 1)) + ((long) Math.abs(zeroPoint) << shift)
            <= Integer.MAX_VALUE - 1;
  }
}

package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.Blocks;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The output channels of a layer as the templates take them, four to a vector: how accumulators
 * start and how they become outputs.
 *
 * @param biases with the input's zero point folded in
 * @param stage the layer's output stage
 */
record Lanes(Int32Array biases, OutputStage stage) {
  /** Channels in a vector of accumulators. */
  static final int SIZE = 4;

  /** Numbers a channel: bias, multiplier, left shift. */
  static final int NUMBERS = 3;

  /**
   * @param biases one for each channel, the input's zero point not folded in
   * @param weights [channels][inputs]
   */
  static Lanes of(
      Int32Array biases, Int8Array weights, int inputs, int inputZeroPoint, OutputStage stage) {
    return new Lanes(Blocks.fold(biases, weights, inputs, inputZeroPoint), stage);
  }

  /** Whether an operator reads and writes int8, which is all that these kernels do. */
  static boolean areInt8(IntegerOperator operator) {
    return operator.inputStorage(0) == StorageType.INT8
        && operator.outputStorage(0) == StorageType.INT8;
  }

  /** The output stage of {@code cmsis-nn/mve/core.h} that suits all multipliers. */
  String word() {
    return stage.multipliers().stream().allMatch(m -> leftShift(m) < 0)
        ? "output_lanes"
        : "output_lanes_any";
  }

  /** Instructions of four outputs, without the loads of their numbers. */
  int cost() {
    int ties = stage.lowest() < stage.zeroPoint() ? 2 : 0;
    return word().equals("output_lanes") ? 8 + ties : 14;
  }

  /** The code with the arguments of the output stage and the constant {@code channels}. */
  KernelCode with(KernelCode code, ChannelGroups groups) {
    int quads = groups.size() / SIZE;
    int[] values =
        groups.firsts().stream()
            .flatMapToInt(
                first -> IntStream.range(0, quads).flatMap(q -> numbers(first + q * SIZE)))
            .toArray();
    return with(code)
        .with(
            ConstantArray.int32(
                "channels",
                Int32Array.of(values),
                "[%d times 4 channels][bias, multiplier, left shift][4]"
                    .formatted(groups.count() * quads)));
  }

  /** The code with the arguments of the output stage. */
  KernelCode with(KernelCode code) {
    return code.with("output", word())
        .with("outputZeroPoint", stage.zeroPoint())
        .with("lowest", stage.lowest())
        .with("highest", stage.highest());
  }

  /**
   * Of four channels the biases, then the multipliers, then the left shifts; zeros for channels
   * that do not exist.
   */
  IntStream numbers(int first) {
    int[] values = new int[SIZE * NUMBERS];
    for (int lane = 0; lane < SIZE && first + lane < biases.length(); lane++) {
      Multiplier multiplier = stage.multipliers().get(first + lane);
      values[lane] = biases.get(first + lane);
      values[SIZE + lane] = multiplier.multiplier();
      values[2 * SIZE + lane] = leftShift(multiplier);
    }
    return Arrays.stream(values);
  }

  /** The shift for VRSHL; a multiplier of 0 takes any. */
  private static int leftShift(Multiplier multiplier) {
    return multiplier.multiplier() == 0 ? -1 : -multiplier.shift();
  }
}

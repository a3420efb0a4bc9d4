package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.OutputStage;

/**
 * The output channels of a layer where a vector holds outputs of one channel: bias, multiplier and
 * left shift of a channel are scalars.
 *
 * @param word the output stage of {@code cmsis-nn/mve/core.h} that suits all multipliers
 * @param biases with the input's zero point folded in
 */
record ScalarNumbers(String word, Int32Array biases, OutputStage stage) {
  /** Numbers a channel: bias, multiplier, left shift. */
  private static final int NUMBERS = 3;

  /**
   * @param biases one for each channel, the input's zero point not folded in
   * @param weights [taps][channels]
   */
  static ScalarNumbers of(
      Int32Array biases, Int8Array weights, int inputZeroPoint, OutputStage stage) {
    int[] folded = biases.toArray();
    for (int i = 0; i < weights.length(); i++) {
      folded[i % folded.length] -= inputZeroPoint * weights.get(i);
    }
    boolean right =
        stage.multipliers().stream().allMatch(m -> m.multiplier() == 0 || m.shift() > 0);
    return new ScalarNumbers(
        right ? "scale_by_scalar" : "scale_by_scalar_any", Int32Array.of(folded), stage);
  }

  /** Whether a channel's output does not depend on its sum. */
  boolean isConstant(int channel) {
    return stage.multipliers().get(channel).multiplier() == 0;
  }

  /** The constant {@code numbers}. */
  ConstantArray constant() {
    int[] values = new int[biases.length() * NUMBERS];
    for (int channel = 0; channel < biases.length(); channel++) {
      Multiplier multiplier = stage.multipliers().get(channel);
      boolean constant = isConstant(channel);
      values[channel * NUMBERS] = constant ? 0 : biases.get(channel);
      values[channel * NUMBERS + 1] = multiplier.multiplier();
      values[channel * NUMBERS + 2] = constant ? -1 : -multiplier.shift();
    }
    return new ConstantArray(
        "numbers",
        CType.INT32,
        Int32Array.of(values),
        NUMBERS,
        "[" + biases.length() + " channels][bias, multiplier, left shift]");
  }
}

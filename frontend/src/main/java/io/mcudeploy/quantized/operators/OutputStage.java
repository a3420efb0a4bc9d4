package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Multiplier;
import java.util.List;

/**
 * From an int32 accumulator to the int8 output: {@code clamp(zeroPoint + requantize(accumulator),
 * lowest, highest)}. A fused ReLU is the clamp.
 *
 * @param multipliers one for each output channel, or a single one where the operator says so
 * @param zeroPoint of the output, int8
 * @param lowest int8
 * @param highest int8
 */
public record OutputStage(List<Multiplier> multipliers, int zeroPoint, int lowest, int highest) {
  public OutputStage {
    multipliers = List.copyOf(multipliers);
    Checks.int8("output zero point", zeroPoint);
    Checks.clamp(lowest, highest);
  }

  /** The output of one channel. */
  public byte apply(int channel, int accumulator) {
    return clamp(zeroPoint + multipliers.get(channel).apply(accumulator));
  }

  /** The nearest integer of the output's range. */
  public byte clamp(int value) {
    return (byte) Math.max(lowest, Math.min(highest, value));
  }

  /** Whether the clamp is narrower than int8. */
  public boolean isClamped() {
    return lowest > -128 || highest < 127;
  }

  /** As {@code , clamp -128..43}, empty without a clamp. */
  String summary() {
    return isClamped() ? ", clamp " + lowest + ".." + highest : "";
  }
}

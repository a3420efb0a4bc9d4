package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * From an accumulator to the output: {@code clamp(zeroPoint + requantize(accumulator), lowest,
 * highest)}. A fused ReLU is the clamp.
 *
 * @param multipliers one for each output channel, or a single one where the operator says so
 * @param zeroPoint of the output
 * @param lowest result
 * @param highest result
 * @param storage of the output
 */
public record OutputStage(
    List<Multiplier> multipliers, int zeroPoint, int lowest, int highest, StorageType storage) {
  public OutputStage {
    multipliers = List.copyOf(multipliers);
    Checks.integer("output zero point", zeroPoint, storage);
    Checks.clamp(lowest, highest, storage);
  }

  /** The stage of an int8 output. */
  public OutputStage(List<Multiplier> multipliers, int zeroPoint, int lowest, int highest) {
    this(multipliers, zeroPoint, lowest, highest, StorageType.INT8);
  }

  /** Writes the output of one channel, an element of a memory image. */
  void store(byte[] y, int index, int channel, int accumulator) {
    put(y, index, multipliers.get(channel).apply(accumulator));
  }

  /**
   * The same for a sum over inputs of some storage: 32-bit arithmetic for int8, 64-bit for int16.
   */
  void store(byte[] y, int index, int channel, long accumulator, StorageType input) {
    Multiplier multiplier = multipliers.get(channel);
    put(
        y,
        index,
        input == StorageType.INT8
            ? multiplier.apply((int) accumulator)
            : multiplier.applyWide(accumulator));
  }

  private void put(byte[] y, int index, int requantized) {
    storage.put(y, index, Math.max(lowest, Math.min(highest, zeroPoint + requantized)));
  }

  /** The int8 output of one channel. */
  public byte apply(int channel, int accumulator) {
    return clamp(zeroPoint + multipliers.get(channel).apply(accumulator));
  }

  /** The nearest int8 of the output's range. */
  public byte clamp(int value) {
    return (byte) Math.max(lowest, Math.min(highest, value));
  }

  /** Whether the clamp is narrower than the storage. */
  public boolean isClamped() {
    return lowest > storage.lowest() || highest < storage.highest();
  }

  /** As {@code , clamp -128..43}, empty without a clamp. */
  String summary() {
    return isClamped() ? ", clamp " + lowest + ".." + highest : "";
  }
}

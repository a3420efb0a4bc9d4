package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import java.util.List;

/**
 * What enters one activation function of a recurrent layer: a product with the input and one with
 * the hidden state, each brought to Q3.12 and saturated to int16 before they are added.
 *
 * @param weights [units][inputs]
 * @param bias one for each unit, at input scale · weight scale
 * @param multipliers input scale · weight scale · 2^12, for each unit
 * @param recurrent [units][units]
 * @param recurrentBias one for each unit, at state scale · recurrent weight scale
 * @param recurrentMultipliers state scale · recurrent weight scale · 2^12, for each unit
 */
public record Gate(
    Int8Array weights,
    Int32Array bias,
    List<Multiplier> multipliers,
    Int8Array recurrent,
    Int32Array recurrentBias,
    List<Multiplier> recurrentMultipliers) {
  public Gate {
    multipliers = List.copyOf(multipliers);
    recurrentMultipliers = List.copyOf(recurrentMultipliers);
  }

  /** The scale of what enters the activation functions. */
  public static final double SCALE = 0x1p-12;

  void check(Sequence sequence) {
    int units = sequence.units();
    Checks.count("weights", (long) units * sequence.inputs(), weights.length());
    Checks.count("biases", units, bias.length());
    Checks.count("multipliers", units, multipliers.size());
    Checks.count("recurrent weights", (long) units * units, recurrent.length());
    Checks.count("recurrent biases", units, recurrentBias.length());
    Checks.count("recurrent multipliers", units, recurrentMultipliers.size());
  }

  /** The input's part of one unit, Q3.12. */
  int fromInput(int unit, int[] x, int offset, int length) {
    int sum = sum(weights, bias, unit, x, offset, length);
    return saturate16(multipliers.get(unit).apply(sum));
  }

  /** The state's part of one unit, Q3.12. */
  int fromState(int unit, int[] h, int offset, int length) {
    int sum = sum(recurrent, recurrentBias, unit, h, offset, length);
    return saturate16(recurrentMultipliers.get(unit).apply(sum));
  }

  private static int sum(
      Int8Array weights, Int32Array bias, int unit, int[] vector, int offset, int length) {
    int sum = bias.get(unit);
    for (int i = 0; i < length; i++) {
      sum += weights.get(unit * length + i) * vector[offset + i];
    }
    return sum;
  }

  static int saturate16(int value) {
    return Math.max(-32768, Math.min(32767, value));
  }

  /** Bytes in flash: weights, and 4 for each bias and multiplier. */
  long bytes() {
    return weights.length() + recurrent.length() + 16L * bias.length();
  }

  /** A bound for both sums where the state is int8 as well. */
  long bound(int inputZeroPoint, int stateZeroPoint) {
    return Math.max(
        bound(weights, bias, multipliers, inputZeroPoint),
        bound(recurrent, recurrentBias, recurrentMultipliers, stateZeroPoint));
  }

  /** A bound for both sums where the state is int16. */
  long boundOfWideState(int inputZeroPoint) {
    long largest = bound(weights, bias, multipliers, inputZeroPoint);
    int length = recurrent.length() / recurrentBias.length();
    for (int unit = 0; unit < recurrentBias.length(); unit++) {
      long sum = Math.abs((long) recurrentBias.get(unit));
      for (int i = 0; i < length; i++) {
        sum += Math.abs(recurrent.get(unit * length + i)) * 32768L;
      }
      largest = Math.max(largest, Accumulators.shifted(sum, recurrentMultipliers.get(unit)));
    }
    return largest;
  }

  private static long bound(
      Int8Array weights, Int32Array bias, List<Multiplier> multipliers, int zeroPoint) {
    long largest = 0;
    int length = weights.length() / bias.length();
    for (int unit = 0; unit < bias.length(); unit++) {
      long magnitudes = 0;
      long sum = 0;
      for (int i = unit * length; i < (unit + 1) * length; i++) {
        magnitudes += Math.abs(weights.get(i));
        sum += weights.get(i);
      }
      largest =
          Math.max(
              largest,
              Accumulators.bound(
                  bias.get(unit), magnitudes, sum, zeroPoint, multipliers.get(unit)));
    }
    return largest;
  }
}

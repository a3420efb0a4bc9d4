package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import java.util.List;

/**
 * Softmax over the middle axis of [outer][depth][inner], output at scale 1/256, zero point −128, as
 * TFLite's int8 SOFTMAX. With m the largest input of a row:
 *
 * <pre>
 *   e[d] = exponentials[m − x[d]]                       Q31, 0..2^31 − 1
 *   S = Σ (e[d] + 2^11) &gt;&gt; 12                           Q19, unsigned, at least 1
 *   z = leading zeros of S
 *   r = 1 / (S normalized to 1..2)                      Q31, by Newton's method
 *   y[d] = min(255, rshift(high(r, e[d]), 35 − z)) − 128
 * </pre>
 *
 * An int8 difference has 256 values, so the firmware reads the fixed-point exponentials from a
 * table that holds the input's scale. Where S is 512 or more, no share reaches half a step.
 *
 * @param exponentials 256 entries, exp(−scale · i) for the distances i = 0..255
 */
public record Softmax(int outer, int depth, int inner, Int32Array exponentials)
    implements IntegerOperator {

  /** The largest depth whose sum of exponentials is below 2^32. */
  public static final int LARGEST_DEPTH = (1 << 13) - 1;

  /** The least depth whose sum can be so large that no share reaches half a step. */
  public static final int FLAT_DEPTH = 1 << 9;

  /** Leading zeros of the smallest sum of which every share is below half a step. */
  private static final int FLAT = 3;

  public Softmax {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.require(depth <= LARGEST_DEPTH, "depth " + depth + " is above " + LARGEST_DEPTH);
    Checks.count("table entries", 256, exponentials.length());
    Checks.require(exponentials.get(0) == Integer.MAX_VALUE, "exp(0) is not 1");
    for (int i = 0; i < 256; i++) {
      Checks.require(exponentials.get(i) >= 0, "negative exponential " + exponentials.get(i));
    }
  }

  /** The softmax of inputs at a real scale. */
  public static Softmax of(int outer, int depth, int inner, double scale) {
    return new Softmax(outer, depth, inner, Int32Array.of(FixedPointSoftmax.exponentials(scale)));
  }

  @Override
  public String kind() {
    return "softmax";
  }

  @Override
  public String summary() {
    return outer * inner + " rows of " + depth + (inner > 1 ? ", stride " + inner : "");
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    Checks.count("input elements", (long) outer * depth * inner, x.length);
    byte[] y = new byte[x.length];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        row(x, y, o * depth * inner + i);
      }
    }
    return List.of(y);
  }

  private void row(byte[] x, byte[] y, int start) {
    int largest = largest(x, start, depth, inner);
    int sum = sum(exponentials, x, start, depth, inner, largest);
    int zeros = Integer.numberOfLeadingZeros(sum);
    int reciprocal = FixedPointSoftmax.reciprocalOfOnePlus((sum << zeros) & Integer.MAX_VALUE);
    for (int d = 0; d < depth; d++) {
      int product =
          Multiplier.doublingHighMultiply(
              reciprocal, exponentials.get(largest - x[start + d * inner]));
      int share = zeros <= FLAT ? 0 : Multiplier.roundingShiftRight(product, 35 - zeros);
      y[start + d * inner] = (byte) (Math.min(255, share) - 128);
    }
  }

  /** The largest input of a row. */
  static int largest(byte[] x, int start, int depth, int inner) {
    int largest = -128;
    for (int d = 0; d < depth; d++) {
      largest = Math.max(largest, x[start + d * inner]);
    }
    return largest;
  }

  /** S of a row, unsigned. */
  static int sum(Int32Array exponentials, byte[] x, int start, int depth, int inner, int largest) {
    int sum = 0;
    for (int d = 0; d < depth; d++) {
      sum += (exponentials.get(largest - x[start + d * inner]) + (1 << 11)) >>> 12;
    }
    return sum;
  }

  @Override
  public long macs() {
    return 0;
  }

  /** The table. */
  @Override
  public long parameterBytes() {
    return 4L * 256;
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * Softmax over the middle axis of [outer][depth][inner], output at scale 1/256, zero point −128.
 * With m the largest input of a row, unsigned 32-bit arithmetic throughout:
 *
 * <pre>
 *   e[d] = exponentials[m − x[d]]                       Q15, 0..2^15
 *   r = (2^32 − 1) / Σ e                                one division a row, 1 ≤ r &lt; 2^17
 *   y[d] = min(255, ((e[d] · r &gt;&gt; 23) + 1) &gt;&gt; 1) − 128
 * </pre>
 *
 * The products stay below 2^32 since {@code e ≤ Σ e}, and cutting r costs at most 2^-9 of an output
 * step. The input's scale is in the table. TFLite's softmax, which computes exponentials by
 * polynomial, is another operator.
 *
 * @param exponentials 256 entries, round(2^15 · exp(−scale · i)) for the distances i = 0..255
 */
public record Softmax(int outer, int depth, int inner, Int32Array exponentials)
    implements IntegerOperator {

  /** The largest depth whose sum of exponentials is below 2^32. */
  public static final int LARGEST_DEPTH = 1 << 16;

  public Softmax {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.require(depth <= LARGEST_DEPTH, "depth " + depth + " is above " + LARGEST_DEPTH);
    Checks.count("table entries", 256, exponentials.length());
    Checks.require(exponentials.get(0) == 1 << 15, "exp(0) is not 2^15");
    for (int i = 0; i < 256; i++) {
      Checks.require(
          exponentials.get(i) >= 0 && exponentials.get(i) <= 1 << 15,
          "exponential " + exponentials.get(i) + " is not in Q15");
    }
  }

  /** The softmax of inputs at a real scale. */
  public static Softmax of(int outer, int depth, int inner, double scale) {
    int[] exponentials = new int[256];
    for (int i = 0; i < exponentials.length; i++) {
      exponentials[i] = (int) StrictMath.rint((1 << 15) * StrictMath.exp(-scale * i));
    }
    return new Softmax(outer, depth, inner, Int32Array.of(exponentials));
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
    int largest = -128;
    for (int d = 0; d < depth; d++) {
      largest = Math.max(largest, x[start + d * inner]);
    }
    int sum = 0;
    for (int d = 0; d < depth; d++) {
      sum += exponentials.get(largest - x[start + d * inner]);
    }
    int reciprocal = Integer.divideUnsigned(-1, sum);
    for (int d = 0; d < depth; d++) {
      int product = exponentials.get(largest - x[start + d * inner]) * reciprocal;
      y[start + d * inner] = (byte) (Math.min(255, ((product >>> 23) + 1) >>> 1) - 128);
    }
  }

  @Override
  public long macs() {
    return 0;
  }

  /** The table as 16-bit integers. */
  @Override
  public long parameterBytes() {
    return 512;
  }
}

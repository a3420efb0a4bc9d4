package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Softmax over the middle axis of [outer][depth][inner], int16 to int16 at scale 1/32768, zero
 * point 0, as TFLite's int16 SOFTMAX. With m the largest input of a row, and {@code E} and {@code
 * R} the tables {@link #EXPONENTIALS} and {@link #RECIPROCALS} read by {@link InterpolatedTable}:
 *
 * <pre>
 *   e[d] = E(saturate16(requantize(x[d] − m) + 32767))          Q15, exp(−10) at the left end
 *   S = Σ e[d],   z = leading zeros of S
 *   r = R(saturate16((((S &lt;&lt; (z − 1)) + 2^13) &gt;&gt; 14) − 2^15 − 2^16))
 *   y[d] = min(32767, (e[d] · r + 2^(30 − z)) &gt;&gt; (31 − z))
 * </pre>
 *
 * @param multiplier input scale · 65535 / 10
 */
public record Int16Softmax(int outer, int depth, int inner, Multiplier multiplier)
    implements IntegerOperator {

  /** The largest depth whose sum of exponentials is below 2^31. */
  public static final int LARGEST_DEPTH = 1 << 16;

  private static final float RANGE = 65_535;

  /** exp(x) in Q15 for x = −10..0. */
  public static final Int32Array EXPONENTIALS =
      points(10 / RANGE, 32_767, x -> (float) StrictMath.exp(x));

  /** 1 / (1 + x) in Q15 for x = 0..1. */
  public static final Int32Array RECIPROCALS = points(1 / RANGE, -32_768, x -> 1 / (1 + x));

  private interface Function {
    float apply(float x);
  }

  public Int16Softmax {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.require(depth <= LARGEST_DEPTH, "depth " + depth + " is above " + LARGEST_DEPTH);
    Checks.require(multiplier.shift() >= -14, "the input's scale is too large");
  }

  /** The softmax of inputs at a real scale, below 2. */
  public static Int16Softmax of(int outer, int depth, int inner, double scale) {
    return new Int16Softmax(outer, depth, inner, Multiplier.of(scale / (10.0 / 65_535)));
  }

  /** The table as TFLite's generator makes it, in single precision, at output scale 2 / 65535. */
  private static Int32Array points(float scale, int zeroPoint, Function function) {
    float lowest = scale * (-32_768 - zeroPoint);
    float highest = scale * (32_767 - zeroPoint);
    float outputScale = 2 / RANGE;
    float steps = 65_536 / (outputScale * 32_767 - outputScale * -32_768);
    float step = (highest - lowest) / 512;
    int[] points = new int[513];
    for (int i = 0; i < 512; i++) {
      float here = round(function.apply(lowest + i * step) * steps);
      float middle = round(function.apply(lowest + i * step + step / 2) * steps);
      float next = function.apply(lowest + (i + 1) * step) * steps;
      float bend = round((round((next + here) / 2) - middle) / 2);
      points[i] = saturate(here - bend);
    }
    points[512] = saturate(round(function.apply(highest) * steps));
    return Int32Array.of(points);
  }

  /** Halves away from zero. */
  private static float round(float value) {
    return (float) (Math.signum(value) * Math.floor(Math.abs((double) value) + 0.5));
  }

  private static int saturate(float value) {
    return StorageType.INT16.saturate((int) value);
  }

  @Override
  public StorageType inputStorage(int input) {
    return StorageType.INT16;
  }

  @Override
  public StorageType outputStorage(int output) {
    return StorageType.INT16;
  }

  @Override
  public String kind() {
    return "int16_softmax";
  }

  @Override
  public String summary() {
    return outer * inner + " rows of " + depth + (inner > 1 ? ", stride " + inner : "");
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.integers(inputs.get(0), StorageType.INT16, outer * depth * inner);
    byte[] y = StorageType.INT16.image(x.length);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        row(x, y, o * depth * inner + i);
      }
    }
    return List.of(y);
  }

  private void row(int[] x, byte[] y, int start) {
    int largest = StorageType.INT16.lowest();
    for (int d = 0; d < depth; d++) {
      largest = Math.max(largest, x[start + d * inner]);
    }
    int[] exponentials = new int[depth];
    int sum = 0;
    for (int d = 0; d < depth; d++) {
      int distance = multiplier.apply(x[start + d * inner] - largest);
      exponentials[d] = lookUp(EXPONENTIALS, distance + 32_767);
      sum += exponentials[d];
    }
    int zeros = Integer.numberOfLeadingZeros(sum);
    int normalized = ((sum << (zeros - 1)) + (1 << 13)) >>> 14;
    int reciprocal = lookUp(RECIPROCALS, normalized - (1 << 15) - (1 << 16));
    for (int d = 0; d < depth; d++) {
      int share = (exponentials[d] * reciprocal + (1 << (30 - zeros))) >> (31 - zeros);
      StorageType.INT16.put(y, start + d * inner, Math.min(32_767, share));
    }
  }

  private static int lookUp(Int32Array table, int x) {
    return InterpolatedTable.lookUp(table, StorageType.INT16.saturate(x));
  }

  @Override
  public long macs() {
    return 0;
  }

  /** Both tables. */
  @Override
  public long parameterBytes() {
    return 2L * (EXPONENTIALS.length() + RECIPROCALS.length());
  }
}

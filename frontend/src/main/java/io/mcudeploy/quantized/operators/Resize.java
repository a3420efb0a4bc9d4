package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import java.util.ArrayList;
import java.util.List;

/**
 * Interpolation along two neighbouring axes, [outer][rows][columns][inner], input and output at the
 * same scale and zero point:
 *
 * <pre>
 *   y = saturate8(rshift(Σ_ky Σ_kx x[row + ky][column + kx] · rowWeight · columnWeight, 20))
 * </pre>
 *
 * with 10 fraction bits in each weight, as TFLite's int8 RESIZE_BILINEAR, which has two taps along
 * either axis. A single tap of weight 1 is RESIZE_NEAREST_NEIGHBOR. Weights add up to 1, so the
 * zero point needs no thought.
 *
 * @param outer images, each by itself
 * @param inner elements of a pixel, each by itself
 */
public record Resize(int outer, int inner, Axis rows, Axis columns) implements IntegerOperator {
  /** Fraction bits of a weight. */
  public static final int WEIGHT_BITS = 10;

  private static final int ONE = 1 << WEIGHT_BITS;

  /**
   * How one axis is resized.
   *
   * @param extent elements before, at most 65,536
   * @param taps elements before that each element after is made of
   * @param first the first of these, for each element after
   * @param weights [elements after][taps], 1,024 in all for each
   */
  public record Axis(int extent, int taps, Int32Array first, Int32Array weights) {
    public Axis {
      Checks.positive("extent", extent);
      Checks.positive("taps", taps);
      Checks.positive("elements", first.length());
      Checks.require(extent <= 1 << 16, "extent " + extent + " is above 65,536");
      Checks.count("weights", (long) first.length() * taps, weights.length());
      for (int i = 0; i < first.length(); i++) {
        Checks.require(
            first.get(i) >= 0 && first.get(i) + taps <= extent, "a tap lies outside the axis");
        int sum = 0;
        for (int tap = 0; tap < taps; tap++) {
          int weight = weights.get(i * taps + tap);
          Checks.require(weight == (short) weight, "weight " + weight);
          sum += weight;
        }
        Checks.count("units of weight", ONE, sum);
      }
    }

    /** The axis as it is. */
    public static Axis identity(int extent) {
      int[] first = new int[extent];
      int[] weights = new int[extent];
      for (int i = 0; i < extent; i++) {
        first[i] = i;
        weights[i] = ONE;
      }
      return new Axis(extent, 1, Int32Array.of(first), Int32Array.of(weights));
    }

    /**
     * Weighted neighbours in integers: each list of weights rounds to 10 bits, and what is then
     * missing to 1 goes to the largest.
     *
     * @param first of each element after
     * @param shares of the elements from there on, in real numbers; lists of any length
     */
    public static Axis of(int extent, List<Integer> first, List<List<Double>> shares) {
      int taps = shares.stream().mapToInt(List::size).max().orElse(1);
      int[] from = new int[first.size()];
      int[] weights = new int[first.size() * taps];
      for (int i = 0; i < from.length; i++) {
        from[i] = Math.min(first.get(i), extent - taps);
        int shift = first.get(i) - from[i];
        int missing = ONE;
        int largest = 0;
        for (int tap = 0; tap < shares.get(i).size(); tap++) {
          double share = shares.get(i).get(tap);
          int weight = (int) Math.rint(share * ONE);
          weights[i * taps + shift + tap] = weight;
          missing -= weight;
          largest = share > shares.get(i).get(largest) ? tap : largest;
        }
        weights[i * taps + shift + largest] += missing;
      }
      return new Axis(extent, taps, Int32Array.of(from), Int32Array.of(weights));
    }

    /** Elements after. */
    public int outputs() {
      return first.length();
    }

    /** The largest sum of a list's absolute weights. */
    private long largestSum() {
      long largest = 0;
      for (int i = 0; i < outputs(); i++) {
        long sum = 0;
        for (int tap = 0; tap < taps; tap++) {
          sum += Math.abs(weights.get(i * taps + tap));
        }
        largest = Math.max(largest, sum);
      }
      return largest;
    }
  }

  public Resize {
    Checks.positive("outer", outer);
    Checks.positive("inner", inner);
  }

  /** Whether every output is an input. */
  public boolean picks() {
    return rows.taps == 1 && columns.taps == 1;
  }

  @Override
  public String kind() {
    return "resize";
  }

  @Override
  public String summary() {
    List<String> parts = new ArrayList<>();
    parts.add(
        rows.extent + "x" + columns.extent + " -> " + rows.outputs() + "x" + columns.outputs());
    parts.add(picks() ? "nearest" : rows.taps + "x" + columns.taps + " taps");
    parts.add(inner + (inner > 1 ? " channels" : " channel"));
    return (outer > 1 ? outer + " times " : "") + String.join(", ", parts);
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    int image = rows.extent * columns.extent * inner;
    Checks.count("input elements", (long) outer * image, x.length);
    byte[] y = new byte[outer * rows.outputs() * columns.outputs() * inner];
    int position = 0;
    for (int n = 0; n < outer; n++) {
      for (int row = 0; row < rows.outputs(); row++) {
        for (int column = 0; column < columns.outputs(); column++) {
          for (int i = 0; i < inner; i++) {
            int rounded =
                Multiplier.roundingShiftRight(sum(x, n * image + i, row, column), 2 * WEIGHT_BITS);
            y[position++] = (byte) Math.max(-128, Math.min(127, rounded));
          }
        }
      }
    }
    return List.of(y);
  }

  private int sum(byte[] x, int start, int row, int column) {
    int sum = 0;
    for (int ky = 0; ky < rows.taps; ky++) {
      int line = (rows.first.get(row) + ky) * columns.extent + columns.first.get(column);
      int rowWeight = rows.weights.get(row * rows.taps + ky);
      for (int kx = 0; kx < columns.taps; kx++) {
        int weight = rowWeight * columns.weights.get(column * columns.taps + kx);
        sum += x[start + (line + kx) * inner] * weight;
      }
    }
    return sum;
  }

  @Override
  public long macs() {
    return picks()
        ? 0
        : (long) outer * rows.outputs() * columns.outputs() * inner * rows.taps * columns.taps;
  }

  /** The tables as 16-bit integers. */
  @Override
  public long parameterBytes() {
    return 2L
        * (rows.first.length()
            + rows.weights.length()
            + columns.first.length()
            + columns.weights.length());
  }

  @Override
  public long accumulatorBound() {
    return picks() ? 0 : 128 * rows.largestSum() * columns.largestSum();
  }
}

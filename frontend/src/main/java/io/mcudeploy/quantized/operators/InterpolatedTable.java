package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Any function of one variable, int16 to int16: linear between points that lie 128 apart, as
 * TFLite's 16-bit lookup.
 *
 * <pre>
 *   i = (x + 32768) &gt;&gt; 7,   t = (x + 32768) &amp; 127
 *   y = points[i] + (((points[i + 1] − points[i]) · t + 64) &gt;&gt; 7)
 * </pre>
 *
 * @param elements of the tensor
 * @param points 513 outputs, for the inputs −32768, −32640, …, 32768
 */
public record InterpolatedTable(int elements, Int32Array points) implements RowElements {
  /** Inputs from one point to the next. */
  public static final int STEP = 128;

  private static final int SEGMENTS = 512;

  public InterpolatedTable {
    Checks.positive("elements", elements);
    Checks.count("points", SEGMENTS + 1, points.length());
    for (int i = 0; i < points.length(); i++) {
      Checks.integer("point", points.get(i), StorageType.INT16);
    }
  }

  /**
   * The points of a function. Each is moved by half of what the straight line to the next one would
   * be off in the middle, as TFLite's generator does.
   *
   * @param samples 1,025 outputs as integers not yet rounded, perhaps beyond int16, for the inputs
   *     −32768, −32704, …, 32768
   */
  public static Int32Array points(double[] samples) {
    Checks.count("samples", 2 * SEGMENTS + 1, samples.length);
    int[] points = new int[SEGMENTS + 1];
    for (int i = 0; i < SEGMENTS; i++) {
      double here = Math.rint(samples[2 * i]);
      double line = (here + samples[2 * i + 2]) / 2;
      double bend = Math.rint((line - samples[2 * i + 1]) / 2);
      points[i] = nearest(here - bend);
    }
    points[SEGMENTS] = nearest(Math.rint(samples[2 * SEGMENTS]));
    return Int32Array.of(points);
  }

  private static int nearest(double value) {
    return (int) Math.max(StorageType.INT16.lowest(), Math.min(StorageType.INT16.highest(), value));
  }

  /** The value between two points. */
  static int lookUp(Int32Array points, int x) {
    int place = x - StorageType.INT16.lowest();
    int base = points.get(place / STEP);
    int slope = points.get(place / STEP + 1) - base;
    return base + ((slope * (place % STEP) + STEP / 2) >> 7);
  }

  @Override
  public int parts() {
    return elements;
  }

  @Override
  public InterpolatedTable ofParts(int parts) {
    return new InterpolatedTable(parts, points);
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
    return "interpolated_table";
  }

  @Override
  public String summary() {
    return elements + " elements";
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.integers(inputs.get(0), StorageType.INT16, elements);
    byte[] y = StorageType.INT16.image(elements);
    for (int i = 0; i < elements; i++) {
      StorageType.INT16.put(y, i, lookUp(points, x[i]));
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    return 2L * (SEGMENTS + 1);
  }
}

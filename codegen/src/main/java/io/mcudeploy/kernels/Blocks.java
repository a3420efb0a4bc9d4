package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How loops are cut for register blocking: as many blocks of full width as fit, then one narrower
 * block for the rest. A template runs {@code #foreach} over the (at most two) stretches and unrolls
 * over the lanes of each.
 */
public final class Blocks {
  private Blocks() {}

  /**
   * The stretches of 0..count as a template sees them: {@code first}, {@code end}, {@code width}
   * and {@code lanes}, the list 0..width − 1.
   */
  public static List<Map<String, Object>> of(int count, int width) {
    return of(0, count, width);
  }

  /** The stretches of first..end, the end excluded. */
  public static List<Map<String, Object>> of(int first, int end, int width) {
    List<Map<String, Object>> stretches = new ArrayList<>();
    int full = first + (end - first) / width * width;
    if (full > first) {
      stretches.add(stretch(first, full, width));
    }
    if (end > full) {
      stretches.add(stretch(full, end, end - full));
    }
    return List.copyOf(stretches);
  }

  private static Map<String, Object> stretch(int first, int end, int width) {
    Map<String, Object> stretch = new LinkedHashMap<>();
    stretch.put("first", first);
    stretch.put("end", end);
    stretch.put("width", width);
    stretch.put("lanes", IntStream.range(0, width).boxed().toList());
    return stretch;
  }

  /**
   * Rows of weights interleaved as blocked loops read them: for each block of rows, element 0 of
   * each of its rows, element 1 of each, and so on. Block b begins at element {@code first row ·
   * columns}.
   *
   * @param weights [rows][columns]
   * @param width rows in a block; the last block may have fewer
   */
  public static Int8Array interleave(Int8Array weights, int rows, int columns, int width) {
    byte[] packed = new byte[weights.length()];
    int position = 0;
    for (int first = 0; first < rows; first += width) {
      int end = Math.min(rows, first + width);
      for (int column = 0; column < columns; column++) {
        for (int row = first; row < end; row++) {
          packed[position++] = weights.get(row * columns + column);
        }
      }
    }
    return Int8Array.of(packed);
  }

  /**
   * As {@link #interleave}, group by group: no block has rows of two groups.
   *
   * @param weights [groups][rows of a group][columns]
   */
  public static Int8Array interleaveGroups(Int8Array weights, int rows, int columns, int width) {
    byte[] packed = new byte[weights.length()];
    int size = rows * columns;
    for (int start = 0; start < packed.length; start += size) {
      Int8Array group = Int8Array.of(Arrays.copyOfRange(weights.toArray(), start, start + size));
      System.arraycopy(interleave(group, rows, columns, width).toArray(), 0, packed, start, size);
    }
    return Int8Array.of(packed);
  }

  /**
   * Biases with the input's zero point folded in: {@code bias[o] − zeroPoint · Σ w[o]}, so that a
   * kernel multiplies the raw input.
   *
   * @param weights [rows][columns]
   */
  public static Int32Array fold(Int32Array bias, Int8Array weights, int columns, int zeroPoint) {
    int[] folded = bias.toArray();
    for (int row = 0; row < folded.length; row++) {
      long sum = 0;
      for (int column = 0; column < columns; column++) {
        sum += weights.get(row * columns + column);
      }
      folded[row] = Math.toIntExact(folded[row] - zeroPoint * sum);
    }
    return Int32Array.of(folded);
  }
}

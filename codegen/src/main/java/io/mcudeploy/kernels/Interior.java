package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The output positions whose whole window lies inside the image: a rectangle, ends excluded. Around
 * it kernels clip the window.
 */
public record Interior(
    int firstRow, int endRow, int firstColumn, int endColumn, int rows, int columns) {

  /** The interior of a window, unless every position needs clipping. */
  public static Optional<Interior> of(Window window) {
    int firstRow = 0;
    while (firstRow < window.outputHeight() && window.top(firstRow) < 0) {
      firstRow++;
    }
    int endRow = window.outputHeight();
    while (endRow > firstRow && window.endKernelRow(endRow - 1) < window.kernelHeight()) {
      endRow--;
    }
    int firstColumn = 0;
    while (firstColumn < window.outputWidth() && window.left(firstColumn) < 0) {
      firstColumn++;
    }
    int endColumn = window.outputWidth();
    while (endColumn > firstColumn
        && window.endKernelColumn(endColumn - 1) < window.kernelWidth()) {
      endColumn--;
    }
    if (firstRow == endRow || firstColumn == endColumn) {
      return Optional.empty();
    }
    return Optional.of(
        new Interior(
            firstRow, endRow, firstColumn, endColumn, window.outputHeight(), window.outputWidth()));
  }

  /** How many windows reach beyond the image. */
  public static int clipped(Window window) {
    return window.outputPositions()
        - of(window)
            .map(inner -> (inner.endRow - inner.firstRow) * (inner.endColumn - inner.firstColumn))
            .orElse(0);
  }

  /**
   * The output cut into bands of rows for a template: each has {@code first} and {@code end},
   * {@code edges}, stretches of columns to clip, and {@code columns}, stretches of inner columns in
   * blocks.
   */
  public List<Map<String, Object>> bands(int pixels) {
    List<Map<String, Object>> bands = new ArrayList<>();
    List<Map<String, Object>> wholeRow = Blocks.of(0, columns, 1);
    if (firstRow > 0) {
      bands.add(band(0, firstRow, wholeRow, List.of()));
    }
    List<Map<String, Object>> edges = new ArrayList<>(Blocks.of(0, firstColumn, 1));
    edges.addAll(Blocks.of(endColumn, columns, 1));
    bands.add(band(firstRow, endRow, edges, Blocks.of(firstColumn, endColumn, pixels)));
    if (endRow < rows) {
      bands.add(band(endRow, rows, wholeRow, List.of()));
    }
    return bands;
  }

  private static Map<String, Object> band(
      int first, int end, List<Map<String, Object>> edges, List<Map<String, Object>> columns) {
    return Map.of("first", first, "end", end, "edges", edges, "columns", columns);
  }
}

package io.mcudeploy.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A nest of loops over a tensor's elements, with as few loops as the operands' strides allow.
 *
 * @param axes what a template opens and closes loops for: {@code name} and {@code extent}, the
 *     outermost first
 * @param indices for each operand the C expression of its index, such as {@code i * 12 + j}
 * @param innermost for each operand its stride in the innermost loop; nothing without loops
 * @param starts for each operand the index of the innermost loop's first element
 */
public record Loops(
    List<Map<String, Object>> axes,
    List<String> indices,
    List<Integer> innermost,
    List<String> starts) {
  private static final List<String> NAMES = List.of("i", "j", "k", "l", "m", "n", "p", "q");

  /** Neighbours that make a run, for which there are words of their own. */
  private static final int SHORTEST_RUN = 4;

  public Loops {
    axes = List.copyOf(axes);
    indices = List.copyOf(indices);
    innermost = List.copyOf(innermost);
    starts = List.copyOf(starts);
  }

  /**
   * The nest over some extents.
   *
   * @param strides of each operand, in elements, one for each extent; axes that all operands walk
   *     through as if they were one become one
   * @param offsets of each operand's first element
   */
  static Loops of(List<Integer> extents, List<List<Integer>> strides, List<Integer> offsets) {
    List<Integer> merged = new ArrayList<>();
    List<List<Integer>> mergedStrides = new ArrayList<>();
    for (int axis = 0; axis < extents.size(); axis++) {
      int extent = extents.get(axis);
      int here = axis;
      List<Integer> step = strides.stream().map(s -> s.get(here)).toList();
      int last = merged.size() - 1;
      if (extent == 1) {
        continue;
      }
      if (last >= 0 && continues(mergedStrides.get(last), step, extent)) {
        merged.set(last, merged.get(last) * extent);
        mergedStrides.set(last, step);
      } else {
        merged.add(extent);
        mergedStrides.add(step);
      }
    }
    List<Map<String, Object>> axes = new ArrayList<>();
    for (int axis = 0; axis < merged.size(); axis++) {
      axes.add(Map.of("name", NAMES.get(axis), "extent", merged.get(axis)));
    }
    List<List<Integer>> outer = mergedStrides.subList(0, Math.max(0, mergedStrides.size() - 1));
    List<String> indices = new ArrayList<>();
    List<String> starts = new ArrayList<>();
    for (int operand = 0; operand < strides.size(); operand++) {
      indices.add(index(mergedStrides, operand, offsets.get(operand)));
      starts.add(index(outer, operand, offsets.get(operand)));
    }
    return new Loops(
        axes, indices, merged.isEmpty() ? List.of() : mergedStrides.get(merged.size() - 1), starts);
  }

  /** Whether the innermost loop walks through neighbours of every operand, and of at least four. */
  boolean areRuns() {
    return !axes.isEmpty() && run() >= SHORTEST_RUN && innermost.stream().allMatch(s -> s == 1);
  }

  /** The extent of the innermost loop. */
  int run() {
    return (int) axes.get(axes.size() - 1).get("extent");
  }

  /** The loops around the innermost one. */
  List<Map<String, Object>> outer() {
    return axes.subList(0, axes.size() - 1);
  }

  private static boolean continues(List<Integer> outer, List<Integer> inner, int extent) {
    for (int operand = 0; operand < outer.size(); operand++) {
      if (outer.get(operand) != inner.get(operand) * extent) {
        return false;
      }
    }
    return true;
  }

  private static String index(List<List<Integer>> strides, int operand, int offset) {
    StringBuilder index = new StringBuilder();
    for (int axis = 0; axis < strides.size(); axis++) {
      int stride = strides.get(axis).get(operand);
      if (stride != 0) {
        String term = NAMES.get(axis) + (Math.abs(stride) == 1 ? "" : " * " + Math.abs(stride));
        index.append(stride < 0 ? " - " : " + ").append(term);
      }
    }
    if (offset != 0 || index.toString().startsWith(" - ") || index.isEmpty()) {
      return offset + index.toString();
    }
    return index.substring(3);
  }
}

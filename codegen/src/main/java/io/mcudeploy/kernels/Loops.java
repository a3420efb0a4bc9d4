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
 */
public record Loops(List<Map<String, Object>> axes, List<String> indices, List<Integer> innermost) {
  private static final List<String> NAMES = List.of("i", "j", "k", "l", "m", "n", "p", "q");

  public Loops {
    axes = List.copyOf(axes);
    indices = List.copyOf(indices);
    innermost = List.copyOf(innermost);
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
    List<String> indices = new ArrayList<>();
    for (int operand = 0; operand < strides.size(); operand++) {
      indices.add(index(mergedStrides, operand, offsets.get(operand)));
    }
    return new Loops(
        axes, indices, merged.isEmpty() ? List.of() : mergedStrides.get(merged.size() - 1));
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

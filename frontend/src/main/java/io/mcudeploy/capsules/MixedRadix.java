package io.mcudeploy.capsules;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A memory order taken apart into axes: walking along an axis moves by a fixed stride in the input.
 *
 * @param extents of the axes of the result, outermost first
 * @param strides of the same axes in the input
 */
record MixedRadix(List<Integer> extents, List<Integer> strides) {

  /**
   * Takes an order apart, with as few axes as possible.
   *
   * @param order for each element of the result the element of the input
   */
  static MixedRadix of(int[] order) {
    List<Integer> extents = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    int[] rest = order;
    while (rest.length > 1) {
      int extent = runLength(rest);
      extents.add(extent);
      strides.add(rest[1] - rest[0]);
      int[] firsts = new int[rest.length / extent];
      for (int i = 0; i < firsts.length; i++) {
        firsts[i] = rest[i * extent];
      }
      if (extent == 1) {
        return new MixedRadix(List.of(order.length), List.of(0));
      }
      rest = firsts;
    }
    Collections.reverse(extents);
    Collections.reverse(strides);
    return new MixedRadix(extents, strides);
  }

  /** Whether the axes are those of the input in some order, so that a transpose does it. */
  boolean isPermutation() {
    int expected = 1;
    for (int axis : byStride()) {
      if (strides.get(axis) != expected) {
        return false;
      }
      expected *= extents.get(axis);
    }
    return true;
  }

  /** The shape in which the input has these axes; only of a permutation. */
  Shape inputShape() {
    List<Integer> axes = byStride();
    Collections.reverse(axes);
    return Shape.of(axes.stream().map(extents::get).toList());
  }

  /** From {@link #inputShape} to the result; only of a permutation. */
  Transpose transpose() {
    List<Integer> axes = byStride();
    Collections.reverse(axes);
    List<Integer> permutation = new ArrayList<>();
    for (int axis = 0; axis < axes.size(); axis++) {
      permutation.add(axes.indexOf(axis));
    }
    return new Transpose(permutation);
  }

  private List<Integer> byStride() {
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < extents.size(); axis++) {
      axes.add(axis);
    }
    axes.sort(Comparator.comparing(strides::get));
    return axes;
  }

  /** The length of the innermost axis: runs of one stride, all of one length. */
  private static int runLength(int[] order) {
    int stride = order[1] - order[0];
    int longest = 1;
    while (longest < order.length && order[longest] - order[longest - 1] == stride) {
      longest++;
    }
    for (int length = longest; length > 1; length--) {
      if (order.length % length == 0 && consistsOfRuns(order, length, stride)) {
        return length;
      }
    }
    return 1;
  }

  private static boolean consistsOfRuns(int[] order, int length, int stride) {
    return IntStream.range(0, order.length)
        .allMatch(i -> i % length == 0 || order[i] - order[i - 1] == stride);
  }
}

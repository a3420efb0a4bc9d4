package io.mcudeploy.passes;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** How views, that is Transpose and Reshape, move axes. */
final class Axes {
  private Axes() {}

  /** Whether a transpose of this shape keeps every element's place in memory. */
  static boolean isFree(Shape shape, Transpose transpose) {
    int last = -1;
    for (int axis : transpose.permutation()) {
      if (shape.extent(axis) != 1) {
        if (axis < last) {
          return false;
        }
        last = axis;
      }
    }
    return true;
  }

  /** The shape after a transpose. */
  static Shape transposed(Shape shape, Transpose transpose) {
    return Shape.of(transpose.permutation().stream().map(shape::extent).toList());
  }

  /** A shape of a higher rank that broadcasts alike: leading ones are added. */
  static Shape withRank(Shape shape, int rank) {
    List<Integer> extents = new ArrayList<>(Collections.nCopies(rank - shape.rank(), 1));
    for (int axis = 0; axis < shape.rank(); axis++) {
      extents.add(shape.extent(axis));
    }
    return Shape.of(extents);
  }

  /**
   * Neighbouring axes of one shape and those of another that hold the same elements.
   *
   * @param from axes of the first shape, ascending
   * @param to axes of the second shape, ascending
   */
  record Group(List<Integer> from, List<Integer> to) {}

  /**
   * The smallest groups that a Reshape keeps apart, in order; nothing for shapes without elements.
   */
  static Optional<List<Group>> groups(Shape from, Shape to) {
    if (from.elements() == 0) {
      return Optional.empty();
    }
    List<Group> groups = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < from.rank() && j < to.rank()) {
      Group group = new Group(new ArrayList<>(), new ArrayList<>());
      long left = from.extent(i);
      group.from().add(i++);
      long right = to.extent(j);
      group.to().add(j++);
      while (left != right) {
        if (left < right) {
          left *= from.extent(i);
          group.from().add(i++);
        } else {
          right *= to.extent(j);
          group.to().add(j++);
        }
      }
      groups.add(group);
    }
    if (groups.isEmpty()) {
      return Optional.empty();
    }
    // What is left over has extent 1.
    Group last = groups.get(groups.size() - 1);
    for (; i < from.rank(); i++) {
      last.from().add(i);
    }
    for (; j < to.rank(); j++) {
      last.to().add(j);
    }
    return Optional.of(groups);
  }
}

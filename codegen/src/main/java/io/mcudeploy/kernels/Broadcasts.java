package io.mcudeploy.kernels;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.operators.Broadcast;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Loops and names for kernels of two broadcast operands, which write their output in order. */
final class Broadcasts {
  private Broadcasts() {}

  /** The nest over the output, with one index for each operand. */
  static Loops loops(Broadcast operands) {
    List<Integer> extents = Arrays.stream(operands.output().extents()).boxed().toList();
    return Loops.of(
        extents, List.of(strides(operands.left()), strides(operands.right())), List.of(0, 0));
  }

  /** The operands that are not repeated: the output may replace them. */
  static Integer[] inPlace(Broadcast operands) {
    List<Integer> positions = new ArrayList<>();
    if (operands.left().equals(operands.output())) {
      positions.add(0);
    }
    if (operands.right().equals(operands.output())) {
      positions.add(1);
    }
    return positions.toArray(Integer[]::new);
  }

  /** For function names: {@code 4x8} or {@code 4x8_1x8}. */
  static String stem(Broadcast operands) {
    return operands.isElementwise()
        ? dimensions(operands.left())
        : dimensions(operands.left()) + "_" + dimensions(operands.right());
  }

  /** As {@code 4x8}. */
  static String dimensions(Shape shape) {
    return shape.rank() == 0
        ? "1"
        : Arrays.stream(shape.extents())
            .mapToObj(Integer::toString)
            .collect(Collectors.joining("x"));
  }

  private static List<Integer> strides(Shape operand) {
    List<Integer> strides = new ArrayList<>(Arrays.stream(operand.strides()).boxed().toList());
    for (int axis = 0; axis < strides.size(); axis++) {
      if (operand.extent(axis) == 1) {
        strides.set(axis, 0);
      }
    }
    return strides;
  }
}

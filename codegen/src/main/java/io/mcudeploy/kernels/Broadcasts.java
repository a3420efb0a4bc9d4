package io.mcudeploy.kernels;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.operators.Alignment;
import io.mcudeploy.quantized.operators.Broadcast;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Loops and names for kernels of broadcast operands, which write their output in order. */
public final class Broadcasts {
  private Broadcasts() {}

  /** The nest over the output, with one index for each operand. */
  public static Loops loops(Broadcast operands) {
    return loops(operands.alignment());
  }

  /** The same for any number of operands. */
  static Loops loops(Alignment alignment) {
    List<Integer> extents = Arrays.stream(alignment.output().extents()).boxed().toList();
    List<Shape> operands = alignment.operands();
    return Loops.of(
        extents,
        operands.stream().map(Broadcasts::strides).toList(),
        operands.stream().map(operand -> 0).toList());
  }

  /** The operands that are not repeated: the output may replace them. */
  public static Integer[] inPlace(Broadcast operands) {
    return inPlace(operands.alignment());
  }

  /** The same for any number of operands. */
  static Integer[] inPlace(Alignment alignment) {
    return IntStream.range(0, alignment.operands().size())
        .filter(i -> alignment.operand(i).equals(alignment.output()))
        .boxed()
        .toArray(Integer[]::new);
  }

  /** For function names: {@code 4x8} or {@code 4x8_1x8}. */
  public static String stem(Broadcast operands) {
    return stem(operands.alignment());
  }

  /** The same for any number of operands. */
  static String stem(Alignment alignment) {
    return alignment.operands().stream().distinct().count() == 1
        ? dimensions(alignment.operand(0))
        : alignment.operands().stream()
            .map(Broadcasts::dimensions)
            .collect(Collectors.joining("_"));
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

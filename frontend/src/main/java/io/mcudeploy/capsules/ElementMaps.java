package io.mcudeploy.capsules;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Which element of its input each element of an operator's result is, for operators that only move
 * and repeat elements. Found by letting the operator move the elements' numbers, so that no memory
 * order needs a case of its own.
 */
final class ElementMaps {
  private static final Set<Class<? extends Operator>> MOVERS =
      Set.of(
          Reshape.class,
          Transpose.class,
          Slice.class,
          Expand.class,
          Tile.class,
          Gather.class,
          Concat.class);

  private ElementMaps() {}

  /** Whether the operator only moves and repeats elements. */
  static boolean moves(Operator operator) {
    return MOVERS.contains(operator.getClass());
  }

  /**
   * For each element of the result the number of an input element. Several inputs are numbered
   * consecutively.
   */
  static int[] of(Operator mover, List<Shape> inputs) {
    List<Tensor> numbered = new ArrayList<>();
    int first = 0;
    for (Shape input : inputs) {
      numbered.add(numbers(input, first));
      first += input.elements();
    }
    return integers(mover.evaluate(numbered).get(0));
  }

  /**
   * For each element of the greater shape the element of the smaller one that is repeated there.
   */
  static int[] broadcast(Shape from, Shape to) {
    return of(new Expand(to), List.of(from));
  }

  private static Tensor numbers(Shape shape, int first) {
    long[] numbers = new long[shape.elements()];
    Arrays.setAll(numbers, i -> first + i);
    return new Tensor.Integers(ElementType.INT64, shape, numbers);
  }

  private static int[] integers(Tensor tensor) {
    return Arrays.stream(((Tensor.Integers) tensor).values()).mapToInt(Math::toIntExact).toArray();
  }
}

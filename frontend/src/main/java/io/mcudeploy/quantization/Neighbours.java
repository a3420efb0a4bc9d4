package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Transpose;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A tensor as [outer][depth][inner] with the elements of some axes in the middle.
 *
 * @param order of the axes that makes the wanted ones neighbours; as it is where they are already
 * @param shape the tensor's in that order
 */
record Neighbours(Transpose order, Shape shape, int outer, int depth, int inner) {
  static Neighbours of(List<Integer> axes, Shape shape) {
    List<Integer> real = axes.stream().filter(axis -> shape.extent(axis) > 1).toList();
    int depth = real.stream().mapToInt(shape::extent).reduce(1, (a, b) -> a * b);
    List<Integer> same = IntStream.range(0, shape.rank()).boxed().toList();
    if (areNeighbours(real, shape)) {
      int inner = real.isEmpty() ? 1 : shape.strides()[real.get(real.size() - 1)];
      return new Neighbours(
          new Transpose(same), shape, shape.elements() / (depth * inner), depth, inner);
    }
    IntStream others = same.stream().mapToInt(axis -> axis).filter(axis -> !axes.contains(axis));
    List<Integer> order =
        IntStream.concat(others, axes.stream().mapToInt(axis -> axis)).boxed().toList();
    return new Neighbours(
        new Transpose(order),
        Shape.of(order.stream().map(shape::extent).toList()),
        shape.elements() / depth,
        depth,
        1);
  }

  /** Whether only axes of extent 1 lie between. */
  private static boolean areNeighbours(List<Integer> real, Shape shape) {
    return real.isEmpty()
        || IntStream.rangeClosed(real.get(0), real.get(real.size() - 1))
            .allMatch(axis -> shape.extent(axis) == 1 || real.contains(axis));
  }

  /** Whether the tensor can stay as it is. */
  boolean isIdentity() {
    return order.permutation().equals(IntStream.range(0, shape.rank()).boxed().toList());
  }
}

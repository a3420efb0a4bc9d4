package io.mcudeploy.tflite;

import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Rounding;
import io.mcudeploy.operators.UnaryFunction;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A tensor as the file describes it.
 *
 * @param name unique, made so if need be
 * @param shape open extents as 1
 * @param open axes whose extent the file leaves open
 * @param grid of the real numbers that its integers stand for; empty for other integers and floats
 * @param data its numbers, for a constant
 * @param variable whether it keeps its numbers from one inference to the next
 */
record StoredTensor(
    String name,
    StoredType type,
    Shape shape,
    List<Integer> open,
    Optional<Grid> grid,
    Optional<ByteBuffer> data,
    boolean variable) {
  StoredTensor {
    open = List.copyOf(open);
  }

  /** The numbers of a constant: real ones where integers stand for real ones. */
  Tensor decode() {
    ByteBuffer numbers = data.orElseThrow();
    int elements = shape.elements();
    if (type.element().isFloat()) {
      float[] values = new float[elements];
      for (int i = 0; i < elements; i++) {
        values[i] = type.real(numbers, i);
      }
      return new Tensor.Floats(shape, values);
    }
    long[] values = new long[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = type.integer(numbers, i);
    }
    Tensor.Integers integers = new Tensor.Integers(type.element(), shape, values);
    return grid.<Tensor>map(reals -> new Encoding(integers, reals).decode()).orElse(integers);
  }

  /** The rounding to this tensor's grid, if it has one for all its elements. */
  Optional<UnaryFunction> rounding() {
    return grid.filter(Grid::isPerTensor)
        .map(
            reals ->
                new UnaryFunction.FakeQuantize(
                    reals.scale(),
                    reals.zeroPoint(),
                    type.lowest(),
                    type.highest(),
                    Rounding.HALF_AWAY));
  }
}

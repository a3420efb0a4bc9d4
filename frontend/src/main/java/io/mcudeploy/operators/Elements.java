package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;

/**
 * The arrays behind tensors, {@code float[]} or {@code long[]}, for operators that move elements
 * without looking at them.
 */
final class Elements {
  private Elements() {}

  static Object arrayOf(Tensor tensor) {
    return tensor instanceof Tensor.Floats floats
        ? floats.values()
        : ((Tensor.Integers) tensor).values();
  }

  static Object newArray(ElementType element, int count) {
    return element.isFloat() ? new float[count] : new long[count];
  }

  static Tensor tensor(ElementType element, Shape shape, Object array) {
    return element.isFloat()
        ? new Tensor.Floats(shape, (float[]) array)
        : new Tensor.Integers(element, shape, (long[]) array);
  }

  /** Checks that a tensor has an index for each scale of a grid along the grid's axis. */
  static void checkGrid(Operator operator, Grid grid, Shape shape) {
    if (!grid.isPerTensor()
        && (grid.axis() < 0
            || grid.axis() >= shape.rank()
            || shape.extent(grid.axis()) != grid.scales().size())) {
      throw new IllegalArgumentException(
          String.format(
              "%s has %d scales along axis %d of a tensor of shape %s",
              operator.kind(), grid.scales().size(), grid.axis(), shape));
    }
  }

  /** What a number becomes when it is stored as an integer type: its low bits. */
  static long wrap(ElementType element, long value) {
    return switch (element) {
      case INT64 -> value;
      case INT32 -> (int) value;
      case INT16 -> (short) value;
      case INT8 -> (byte) value;
      case UINT32 -> value & 0xffff_ffffL;
      case UINT16 -> value & 0xffff;
      case UINT8 -> value & 0xff;
      case BOOL -> value == 0 ? 0 : 1;
      case FLOAT -> throw new IllegalArgumentException("FLOAT is no integer type");
    };
  }

  /** The least number an integer type holds. */
  static long lowest(ElementType element) {
    return switch (element) {
      case INT64 -> Long.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT8 -> Byte.MIN_VALUE;
      case UINT32, UINT16, UINT8, BOOL -> 0;
      case FLOAT -> throw new IllegalArgumentException("FLOAT is no integer type");
    };
  }
}

package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Adds elements before and after each axis. One input of any type.
 *
 * @param before one for each axis, not negative
 * @param after one for each axis, not negative
 * @param value of the elements added in mode {@link Mode#CONSTANT}
 */
public record Pad(List<Integer> before, List<Integer> after, Mode mode, double value)
    implements Operator {
  /** Where added elements come from. */
  public enum Mode {
    /** A fixed number. */
    CONSTANT,
    /** The nearest element. */
    EDGE,
    /** The image mirrored at its first and last element, which are not repeated. */
    REFLECT,
    /** The other end, as if the image were repeated. */
    WRAP
  }

  public Pad {
    before = List.copyOf(before);
    after = List.copyOf(after);
    if (before.size() != after.size()
        || before.stream().anyMatch(count -> count < 0)
        || after.stream().anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException("Pad by " + before + " before and " + after + " after");
    }
  }

  @Override
  public String kind() {
    return "Pad";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Shape input = inputs.get(0).shape();
    if (input.rank() != before.size()) {
      throw new IllegalArgumentException(
          "Pad of " + before.size() + " axes cannot take the shape " + input);
    }
    int[] extents = input.extents();
    for (int axis = 0; axis < extents.length; axis++) {
      int added = Math.max(before.get(axis), after.get(axis));
      if ((mode == Mode.REFLECT && added >= Math.max(1, extents[axis]))
          || (mode != Mode.CONSTANT && added > 0 && extents[axis] == 0)) {
        throw new IllegalArgumentException(
            String.format(
                "Pad in mode %s cannot add %d elements to the shape %s", mode, added, input));
      }
      extents[axis] += before.get(axis) + after.get(axis);
    }
    return List.of(new TensorType(inputs.get(0).element(), Shape.of(extents)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor padded = inputs.get(0);
    for (int axis = 0; axis < before.size(); axis++) {
      if (before.get(axis) + after.get(axis) > 0) {
        padded = padAxis(padded, axis);
      }
    }
    return List.of(padded);
  }

  private Tensor padAxis(Tensor input, int axis) {
    int extent = input.shape().extent(axis);
    Shape shape = input.shape().with(axis, before.get(axis) + extent + after.get(axis));
    int length = input.shape().strides()[axis];
    Object from = Elements.arrayOf(input);
    Object to = Elements.newArray(input.type().element(), shape.elements());
    int rows = length == 0 ? 0 : shape.elements() / length;
    for (int row = 0; row < rows; row++) {
      int block = row / shape.extent(axis);
      int source = source(row % shape.extent(axis) - before.get(axis), extent);
      if (source >= 0) {
        System.arraycopy(from, (block * extent + source) * length, to, row * length, length);
      } else {
        fill(to, row * length, length);
      }
    }
    return Elements.tensor(input.type().element(), shape, to);
  }

  /** The element that stands at an index, or -1 where the fixed number stands. */
  private int source(int index, int extent) {
    if (index >= 0 && index < extent) {
      return index;
    }
    return switch (mode) {
      case CONSTANT -> -1;
      case EDGE -> index < 0 ? 0 : extent - 1;
      case REFLECT -> index < 0 ? -index : 2 * (extent - 1) - index;
      case WRAP -> Math.floorMod(index, extent);
    };
  }

  private void fill(Object array, int start, int count) {
    for (int i = start; i < start + count; i++) {
      if (array instanceof float[] floats) {
        floats[i] = (float) value;
      } else {
        ((long[]) array)[i] = (long) value;
      }
    }
  }
}

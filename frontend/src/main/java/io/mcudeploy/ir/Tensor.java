package io.mcudeploy.ir;

import java.util.Arrays;
import java.util.Optional;

/**
 * Numbers with a shape, row-major. The arrays are not copied: whoever hands one over no longer
 * changes it.
 */
@SuppressWarnings("ArrayRecordComponent") // Copying millions of weights at each step would be felt.
public sealed interface Tensor {
  TensorType type();

  default Shape shape() {
    return type().shape();
  }

  /** The same numbers in another shape of as many elements. */
  Tensor reshaped(Shape shape);

  /**
   * Real numbers.
   *
   * @param encoding the integers they were made from, for a constant of a quantized network
   */
  record Floats(Shape shape, float[] values, Optional<Encoding> encoding) implements Tensor {
    public Floats {
      checkCount(shape, values.length);
    }

    public Floats(Shape shape, float[] values) {
      this(shape, values, Optional.empty());
    }

    @Override
    public TensorType type() {
      return TensorType.floats(shape);
    }

    @Override
    public Floats reshaped(Shape other) {
      return new Floats(other, values, encoding.flatMap(from -> from.reshaped(other)));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Floats floats
          && shape.equals(floats.shape)
          && Arrays.equals(values, floats.values)
          && encoding.equals(floats.encoding);
    }

    @Override
    public int hashCode() {
      return 31 * shape.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return "float" + shape;
    }
  }

  /** Integers and truth values (0 and 1), each within its element type's range. */
  record Integers(ElementType element, Shape shape, long[] values) implements Tensor {
    public Integers {
      checkCount(shape, values.length);
      if (element.isFloat()) {
        throw new IllegalArgumentException("integers of type " + element);
      }
    }

    @Override
    public TensorType type() {
      return new TensorType(element, shape);
    }

    @Override
    public Integers reshaped(Shape other) {
      return new Integers(element, other, values);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Integers integers
          && element == integers.element
          && shape.equals(integers.shape)
          && Arrays.equals(values, integers.values);
    }

    @Override
    public int hashCode() {
      return 31 * shape.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return type().toString();
    }
  }

  private static void checkCount(Shape shape, int count) {
    if (shape.elements() != count) {
      throw new IllegalArgumentException(count + " elements for shape " + shape);
    }
  }
}

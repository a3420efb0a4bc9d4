package io.mcudeploy.ir;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

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

  /** Real numbers. */
  final class Floats implements Tensor {
    private final Shape shape;
    private final Numbers numbers;
    private final Optional<Encoding> encoding;

    /**
     * Numbers that are known.
     *
     * @param encoding the integers they were made from, for a constant of a quantized network
     */
    public Floats(Shape shape, float[] values, Optional<Encoding> encoding) {
      this(shape, Numbers.known(values), encoding);
      checkCount(shape, values.length);
    }

    public Floats(Shape shape, float[] values) {
      this(shape, values, Optional.empty());
    }

    private Floats(Shape shape, Numbers numbers, Optional<Encoding> encoding) {
      this.shape = shape;
      this.numbers = numbers;
      this.encoding = encoding;
    }

    /**
     * Numbers that are computed when they are asked for, and again when memory was short since.
     *
     * @param source gives as many numbers as the shape has elements, always the same
     */
    public static Floats deferred(Shape shape, Supplier<float[]> source) {
      return new Floats(shape, Numbers.deferred(source), Optional.empty());
    }

    @Override
    public Shape shape() {
      return shape;
    }

    public float[] values() {
      return numbers.get();
    }

    /** The integers the numbers were made from, for a constant of a quantized network. */
    public Optional<Encoding> encoding() {
      return encoding;
    }

    /** Whether the numbers are computed when they are asked for, which holds no memory. */
    public boolean isDeferred() {
      return numbers.isDeferred();
    }

    /**
     * Other numbers, computed from these at once, or when they are asked for if these are. They
     * have no encoding.
     *
     * @param change gives as many numbers as the shape has elements, and leaves its argument alone
     */
    public Floats mapped(Shape newShape, UnaryOperator<float[]> change) {
      return isDeferred()
          ? deferred(newShape, () -> change.apply(values()))
          : new Floats(newShape, change.apply(values()));
    }

    /** The same numbers, made from these integers. */
    public Floats with(Optional<Encoding> newEncoding) {
      return new Floats(shape, numbers, newEncoding);
    }

    @Override
    public TensorType type() {
      return TensorType.floats(shape);
    }

    @Override
    public Floats reshaped(Shape other) {
      checkCount(other, shape.elements());
      return new Floats(other, numbers, encoding.flatMap(from -> from.reshaped(other)));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Floats floats
          && shape.equals(floats.shape)
          && numbers.equals(floats.numbers)
          && encoding.equals(floats.encoding);
    }

    @Override
    public int hashCode() {
      return 31 * shape.hashCode() + numbers.hashCode();
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

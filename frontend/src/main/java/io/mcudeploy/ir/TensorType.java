package io.mcudeploy.ir;

/** The element type and shape of a value. */
public record TensorType(ElementType element, Shape shape) {
  public static TensorType floats(Shape shape) {
    return new TensorType(ElementType.FLOAT, shape);
  }

  @Override
  public String toString() {
    return element.name().toLowerCase(java.util.Locale.ROOT) + shape;
  }
}

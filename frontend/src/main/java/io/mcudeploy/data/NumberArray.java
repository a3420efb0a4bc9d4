package io.mcudeploy.data;

import io.mcudeploy.ir.Shape;
import java.nio.ByteBuffer;

/**
 * The numbers of a data file as they lie there, row-major; nothing is converted before it is asked
 * for.
 *
 * @param data position 0 is the first number; byte order set
 */
public record NumberArray(Shape shape, NumberFormat format, ByteBuffer data) {
  public NumberArray {
    if ((long) shape.elements() * format.bytes() > data.capacity()) {
      throw new IllegalArgumentException(data.capacity() + " bytes for " + format + shape);
    }
  }

  /** The number at a row-major index. */
  public double get(int index) {
    return format.read(data, index * format.bytes());
  }
}

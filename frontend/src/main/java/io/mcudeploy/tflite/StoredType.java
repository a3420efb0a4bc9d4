package io.mcudeploy.tflite;

import io.mcudeploy.importing.HalfPrecision;
import io.mcudeploy.ir.ElementType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The element types of TFLite's schema that the tool reads, with their numbers there. */
enum StoredType {
  FLOAT32(0, ElementType.FLOAT, 32),
  FLOAT16(1, ElementType.FLOAT, 16),
  INT32(2, ElementType.INT32, 32),
  UINT8(3, ElementType.UINT8, 8),
  INT64(4, ElementType.INT64, 64),
  BOOL(6, ElementType.BOOL, 8),
  INT16(7, ElementType.INT16, 16),
  INT8(9, ElementType.INT8, 8),
  FLOAT64(10, ElementType.FLOAT, 64),
  UINT32(15, ElementType.UINT32, 32),
  UINT16(16, ElementType.UINT16, 16),
  /** Two to a byte, the first in the low half. */
  INT4(17, ElementType.INT8, 4);

  private final int number;
  private final ElementType element;
  private final int bits;

  StoredType(int number, ElementType element, int bits) {
    this.number = number;
    this.element = element;
    this.bits = bits;
  }

  static Optional<StoredType> of(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  ElementType element() {
    return element;
  }

  /** Bytes that {@code elements} elements take. */
  long bytes(long elements) {
    return (elements * bits + 7) / 8;
  }

  /** The least integer of a tensor that is quantized to this type. */
  int lowest() {
    return element == ElementType.UINT8 || element == ElementType.UINT16 ? 0 : -(1 << (bits - 1));
  }

  /** The greatest integer of a tensor that is quantized to this type. */
  int highest() {
    return (int) (lowest() + (1L << bits) - 1);
  }

  /** An element of a float type. */
  float real(ByteBuffer data, int i) {
    return switch (this) {
      case FLOAT32 -> data.getFloat(4 * i);
      case FLOAT64 -> (float) data.getDouble(8 * i);
      case FLOAT16 -> HalfPrecision.toFloat(data.getShort(2 * i));
      default -> throw new IllegalStateException(this + " is not a float type");
    };
  }

  /** An element of an integer type. */
  long integer(ByteBuffer data, int i) {
    return switch (this) {
      case INT64 -> data.getLong(8 * i);
      case INT32 -> data.getInt(4 * i);
      case UINT32 -> Integer.toUnsignedLong(data.getInt(4 * i));
      case INT16 -> data.getShort(2 * i);
      case UINT16 -> Short.toUnsignedLong(data.getShort(2 * i));
      case INT8 -> data.get(i);
      case UINT8 -> Byte.toUnsignedLong(data.get(i));
      case BOOL -> data.get(i) == 0 ? 0 : 1;
      case INT4 -> (byte) (data.get(i / 2) << (i % 2 == 0 ? 4 : 0)) >> 4;
      default -> throw new IllegalStateException(this + " is not an integer type");
    };
  }
}

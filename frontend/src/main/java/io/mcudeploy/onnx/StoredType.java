package io.mcudeploy.onnx;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import java.util.Arrays;
import java.util.Optional;

/**
 * The numeric element types of ONNX that the tool reads, how wide each is in raw data, and the
 * element type it becomes. Half precision and double become {@link ElementType#FLOAT}; four-bit
 * integers become the eight-bit type of the same sign.
 */
enum StoredType {
  FLOAT(DataType.FLOAT, ElementType.FLOAT, 32),
  DOUBLE(DataType.DOUBLE, ElementType.FLOAT, 64),
  FLOAT16(DataType.FLOAT16, ElementType.FLOAT, 16),
  BFLOAT16(DataType.BFLOAT16, ElementType.FLOAT, 16),
  INT64(DataType.INT64, ElementType.INT64, 64),
  INT32(DataType.INT32, ElementType.INT32, 32),
  INT16(DataType.INT16, ElementType.INT16, 16),
  INT8(DataType.INT8, ElementType.INT8, 8),
  INT4(DataType.INT4, ElementType.INT8, 4),
  UINT64(DataType.UINT64, ElementType.INT64, 64),
  UINT32(DataType.UINT32, ElementType.UINT32, 32),
  UINT16(DataType.UINT16, ElementType.UINT16, 16),
  UINT8(DataType.UINT8, ElementType.UINT8, 8),
  UINT4(DataType.UINT4, ElementType.UINT8, 4),
  BOOL(DataType.BOOL, ElementType.BOOL, 8);

  private final DataType dataType;
  private final ElementType element;
  private final int bits;

  StoredType(DataType dataType, ElementType element, int bits) {
    this.dataType = dataType;
    this.element = element;
    this.bits = bits;
  }

  /**
   * The type with this number in the ONNX specification, or nothing if the tool does not read it.
   */
  static Optional<StoredType> of(int number) {
    return Arrays.stream(values()).filter(type -> type.dataType.getNumber() == number).findFirst();
  }

  /** The specification's name of a type number, such as {@code STRING}; for messages. */
  static String nameOf(int number) {
    DataType type = DataType.forNumber(number);
    return type == null ? "number " + number : type.name();
  }

  /** The type's number in the ONNX specification. */
  int number() {
    return dataType.getNumber();
  }

  ElementType element() {
    return element;
  }

  int bits() {
    return bits;
  }

  /** Bytes that {@code elements} elements take in raw data, without padding between elements. */
  long bytes(long elements) {
    return (elements * bits + 7) / 8;
  }

  /** Two elements share a byte, the first in the low half. */
  boolean isPacked() {
    return bits == 4;
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.StorageType;

/** The element types of constants and buffers in generated C. Each is aligned to its own size. */
public enum CType {
  INT8("int8_t", 1),
  UINT8("uint8_t", 1),
  INT16("int16_t", 2),
  UINT16("uint16_t", 2),
  INT32("int32_t", 4),
  UINT32("uint32_t", 4);

  private final String cName;
  private final int bytes;

  CType(String cName, int bytes) {
    this.cName = cName;
    this.bytes = bytes;
  }

  /** The type of a tensor's elements. */
  public static CType of(StorageType storage) {
    return valueOf(storage.name());
  }

  /** The C99 name, such as {@code int16_t}. */
  public String cName() {
    return cName;
  }

  /** Bytes of one element, also its alignment. */
  public int bytes() {
    return bytes;
  }

  public boolean isUnsigned() {
    return cName.startsWith("u");
  }
}

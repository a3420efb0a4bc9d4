package io.mcudeploy.quantized;

/** How an integer tensor lies in memory; multi-byte integers are little endian. */
public enum StorageType {
  INT8(1),
  INT16(2),
  INT32(4);

  private final int bytes;

  StorageType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element, also its alignment. */
  public int bytes() {
    return bytes;
  }

  /** The smallest integer. */
  public int lowest() {
    return (int) -(1L << (8 * bytes - 1));
  }

  /** The largest integer. */
  public int highest() {
    return (int) ((1L << (8 * bytes - 1)) - 1);
  }

  /** The C99 name, such as {@code int8_t}. */
  public String cName() {
    return "int" + 8 * bytes + "_t";
  }
}

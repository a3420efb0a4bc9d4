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

  /** Element {@code index} of a memory image. */
  public int get(byte[] image, int index) {
    int value = image[(index + 1) * bytes - 1];
    for (int i = bytes - 2; i >= 0; i--) {
      value = value << 8 | (image[index * bytes + i] & 0xff);
    }
    return value;
  }

  /** Writes element {@code index} of a memory image; the integer is within range. */
  public void put(byte[] image, int index, int integer) {
    for (int i = 0; i < bytes; i++) {
      image[index * bytes + i] = (byte) (integer >> (8 * i));
    }
  }

  /** The nearest integer of this type. */
  public int saturate(int integer) {
    return Math.max(lowest(), Math.min(highest(), integer));
  }

  /** A memory image of zeros. */
  public byte[] image(int elements) {
    return new byte[elements * bytes];
  }

  /** Elements of a memory image. */
  public int elements(byte[] image) {
    return image.length / bytes;
  }

  /** The C99 name, such as {@code int8_t}. */
  public String cName() {
    return "int" + 8 * bytes + "_t";
  }
}

package io.mcudeploy.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A view of bytes in the FlatBuffers format that believes nothing: every offset and length is
 * compared with the bytes that are there before it is followed. Nothing is copied until it is asked
 * for.
 *
 * <p>A <em>table</em> begins with the distance back to its vtable, which holds its own size, the
 * table's, and for each field, by number, where in the table it lies, or 0 for a field that has its
 * default value. Vectors, strings and tables are stored elsewhere, at an unsigned offset from the
 * field; a vector begins with its length.
 */
final class FlatBuffer {
  private static final int OFFSET_BYTES = 4;

  /** No name in a network is longer; a damaged file may claim any length. */
  private static final int LONGEST_STRING = 1 << 16;

  private final ByteBuffer bytes;

  FlatBuffer(ByteBuffer bytes) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of the whole file. */
  int size() {
    return bytes.limit();
  }

  /** Whether the four letters behind the first offset are these. */
  boolean hasIdentifier(String identifier) {
    byte[] letters = identifier.getBytes(StandardCharsets.US_ASCII);
    if (bytes.limit() < OFFSET_BYTES + letters.length) {
      return false;
    }
    for (int i = 0; i < letters.length; i++) {
      if (bytes.get(OFFSET_BYTES + i) != letters[i]) {
        return false;
      }
    }
    return true;
  }

  /** The table that the file is about. */
  Table root() {
    return new Table(follow(0));
  }

  /** The position that the offset stored at a position leads to. */
  private int follow(int position) {
    require(position, OFFSET_BYTES);
    long target = position + Integer.toUnsignedLong(bytes.getInt(position));
    if (target >= bytes.limit()) {
      throw new DamagedFileException("an offset leads out of the file");
    }
    return (int) target;
  }

  private void require(long position, long count) {
    if (position < 0 || position + count > bytes.limit()) {
      throw new DamagedFileException("the file ends early");
    }
  }

  /** The file is not what it claims to be. */
  static final class DamagedFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DamagedFileException(String message) {
      super(message);
    }
  }

  /** A record with numbered fields. */
  final class Table {
    private final int position;
    private final int size;
    private final int vtable;
    private final int vtableSize;

    private Table(int position) {
      require(position, OFFSET_BYTES);
      long start = (long) position - bytes.getInt(position);
      require(start, 4);
      this.position = position;
      this.vtable = (int) start;
      this.vtableSize = Short.toUnsignedInt(bytes.getShort(vtable));
      this.size = Short.toUnsignedInt(bytes.getShort(vtable + 2));
      require(vtable, vtableSize);
      require(position, size);
    }

    /** Where a field of so many bytes lies; empty if it has its default value. */
    private OptionalInt field(int number, int width) {
      int entry = 4 + 2 * number;
      int offset = entry + 2 > vtableSize ? 0 : Short.toUnsignedInt(bytes.getShort(vtable + entry));
      if (offset == 0) {
        return OptionalInt.empty();
      }
      if (offset + width > size) {
        throw new DamagedFileException("a field lies outside its table");
      }
      return OptionalInt.of(position + offset);
    }

    boolean has(int number) {
      return field(number, 1).isPresent();
    }

    int int8(int number, int absent) {
      OptionalInt field = field(number, 1);
      return field.isPresent() ? bytes.get(field.getAsInt()) : absent;
    }

    int uint8(int number, int absent) {
      return int8(number, absent) & 0xff;
    }

    boolean bool(int number) {
      return int8(number, 0) != 0;
    }

    int int32(int number, int absent) {
      OptionalInt field = field(number, 4);
      return field.isPresent() ? bytes.getInt(field.getAsInt()) : absent;
    }

    long int64(int number, long absent) {
      OptionalInt field = field(number, 8);
      return field.isPresent() ? bytes.getLong(field.getAsInt()) : absent;
    }

    float float32(int number, float absent) {
      OptionalInt field = field(number, 4);
      return field.isPresent() ? bytes.getFloat(field.getAsInt()) : absent;
    }

    Optional<Table> table(int number) {
      OptionalInt field = field(number, OFFSET_BYTES);
      return field.isPresent()
          ? Optional.of(new Table(follow(field.getAsInt())))
          : Optional.empty();
    }

    /** A vector of elements of so many bytes; an absent one is empty. */
    Vector vector(int number, int width) {
      OptionalInt field = field(number, OFFSET_BYTES);
      if (field.isEmpty()) {
        return new Vector(0, 0, width);
      }
      int start = follow(field.getAsInt());
      require(start, 4);
      long length = Integer.toUnsignedLong(bytes.getInt(start));
      require(start + 4L, length * width);
      return new Vector(start + 4, (int) length, width);
    }

    /** A vector of tables. */
    Vector tables(int number) {
      return vector(number, OFFSET_BYTES);
    }

    /** A text; empty if absent. */
    String string(int number) {
      ByteBuffer text = vector(number, 1).raw();
      if (text.remaining() > LONGEST_STRING) {
        throw new DamagedFileException("a name has " + text.remaining() + " letters");
      }
      return StandardCharsets.UTF_8.decode(text).toString();
    }
  }

  /** Elements of one size, one behind another. */
  final class Vector {
    private final int start;
    private final int length;
    private final int width;

    private Vector(int start, int length, int width) {
      this.start = start;
      this.length = length;
      this.width = width;
    }

    int length() {
      return length;
    }

    Table table(int index) {
      return new Table(follow(at(index)));
    }

    int int32(int index) {
      return bytes.getInt(at(index));
    }

    long int64(int index) {
      return bytes.getLong(at(index));
    }

    float float32(int index) {
      return bytes.getFloat(at(index));
    }

    /** All int32 elements. */
    int[] int32s() {
      int[] values = new int[length];
      for (int i = 0; i < length; i++) {
        values[i] = int32(i);
      }
      return values;
    }

    /** The bytes of all elements. */
    ByteBuffer raw() {
      return bytes.slice(start, length * width).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int at(int index) {
      if (index < 0 || index >= length) {
        throw new DamagedFileException("there is no element " + index + " of " + length);
      }
      return start + index * width;
    }
  }
}

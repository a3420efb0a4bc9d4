package io.mcudeploy.qemu;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A table of the FlatBuffers format that is about to be written. Fields are numbered as in the
 * schema; a field that is not set has its default value.
 */
final class FlatTable {
  private final Map<Integer, Object> fields = new TreeMap<>();

  /**
   * Sets a field.
   *
   * @param value a Byte, Integer or Float in place; a String, a byte array, a FlatTable, or a list
   *     of Integer, Long, Float or FlatTable elsewhere
   */
  FlatTable with(int number, Object value) {
    fields.put(number, value);
    return this;
  }

  /** A file whose root is this table. */
  byte[] file(String identifier) {
    Writer writer = new Writer();
    writer.word(0);
    writer.bytes.writeBytes(identifier.getBytes(StandardCharsets.US_ASCII));
    writer.reference(0, writer.table(this));
    return writer.finished();
  }

  /** Writes from front to back: what a table refers to follows it, so that offsets are positive. */
  private static final class Writer {
    /** Vectors of 64-bit numbers and buffers of weights begin at multiples of this. */
    private static final int ALIGNMENT = 16;

    private static final int WORD = Integer.BYTES;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Offsets that become known after their place was written. */
    private final Map<Integer, Integer> references = new TreeMap<>();

    byte[] finished() {
      ByteBuffer all = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
      references.forEach(all::putInt);
      return all.array();
    }

    void reference(int place, int target) {
      references.put(place, target - place);
    }

    /** Writes a table, its vtable before it, and gives the table's position. */
    int table(FlatTable table) {
      int numbers = table.fields.keySet().stream().mapToInt(n -> n + 1).max().orElse(0);
      int header = Short.BYTES * (2 + numbers);
      pad(WORD, header);
      half(header);
      half(WORD * (1 + table.fields.size()));
      int slot = 0;
      for (int number = 0; number < numbers; number++) {
        half(table.fields.containsKey(number) ? WORD * ++slot : 0);
      }
      int start = bytes.size();
      word(header);
      table.fields.values().forEach(value -> word(inPlace(value)));
      int place = start;
      for (Object value : table.fields.values()) {
        place += WORD;
        if (!(value instanceof Number)) {
          reference(place, elsewhere(value));
        }
      }
      return start;
    }

    private static int inPlace(Object value) {
      if (value instanceof Float real) {
        return Float.floatToIntBits(real);
      }
      return value instanceof Number number ? number.intValue() : 0;
    }

    private int elsewhere(Object value) {
      if (value instanceof FlatTable table) {
        return table(table);
      }
      if (value instanceof String text) {
        return vector(text.getBytes(StandardCharsets.UTF_8), text.length());
      }
      if (value instanceof byte[] data) {
        return vector(data, data.length);
      }
      List<?> list = (List<?>) value;
      if (!list.isEmpty() && list.get(0) instanceof FlatTable) {
        return tables(list);
      }
      ByteBuffer data =
          ByteBuffer.allocate(Long.BYTES * list.size()).order(ByteOrder.LITTLE_ENDIAN);
      for (Object element : list) {
        if (element instanceof Long wide) {
          data.putLong(wide);
        } else {
          data.putInt(inPlace(element));
        }
      }
      byte[] used = new byte[data.flip().remaining()];
      data.get(used);
      return vector(used, list.size());
    }

    /** A length and the elements, with a zero behind them that a text needs. */
    private int vector(byte[] data, int length) {
      pad(ALIGNMENT, WORD);
      int start = bytes.size();
      word(length);
      bytes.writeBytes(data);
      bytes.write(0);
      return start;
    }

    private int tables(List<?> tables) {
      pad(WORD, 0);
      int start = bytes.size();
      word(tables.size());
      tables.forEach(table -> word(0));
      int place = start;
      for (Object table : tables) {
        place += WORD;
        reference(place, table((FlatTable) table));
      }
      return start;
    }

    /** Writes zeros until a position is aligned after so many bytes more. */
    private void pad(int alignment, int behind) {
      while ((bytes.size() + behind) % alignment != 0) {
        bytes.write(0);
      }
    }

    private void half(int value) {
      bytes.write(value);
      bytes.write(value >> Byte.SIZE);
    }

    private void word(int value) {
      half(value);
      half(value >> Short.SIZE);
    }
  }
}

package io.mcudeploy.generate;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ConstantArray;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/** Small pieces of C text. */
final class CText {
  private static final int WIDTH = 100;

  private CText() {}

  /** {@code head(parts)}, a line feed behind a comma where the line would get too long. */
  static String list(String head, List<String> parts) {
    return list(head, parts, 0);
  }

  /**
   * As above.
   *
   * @param indent characters before the head
   */
  static String list(String head, List<String> parts, int indent) {
    StringBuilder text = new StringBuilder(head).append('(');
    int column = indent + text.length();
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i) + (i + 1 < parts.size() ? "," : ")");
      if (i > 0 && column + 1 + part.length() > WIDTH) {
        text.append('\n');
        column = indent + 8;
      } else if (i > 0) {
        text.append(' ');
        column++;
      }
      text.append(part);
      column += part.length();
    }
    return text.toString();
  }

  /** The initialiser of a constant array, braces included. */
  static String initialiser(ConstantArray array) {
    return initialiser(array.values().toArray(), array.type(), array.columns());
  }

  /**
   * An initialiser, braces included: on one line if it is short, else in aligned columns.
   *
   * @param columns numbers on a line, or 0 for as many as fit
   */
  static String initialiser(int[] values, CType type, int columns) {
    String[] numbers = new String[values.length];
    int width = 0;
    long total = 0;
    for (int i = 0; i < values.length; i++) {
      numbers[i] = number(values[i], type);
      width = Math.max(width, numbers[i].length());
      total += numbers[i].length() + 2;
    }
    if (total <= 60 && (columns == 0 || values.length <= columns)) {
      return "{" + String.join(", ", numbers) + "}";
    }
    int fitting = Math.max(1, (WIDTH - 4) / (width + 2));
    int perLine = columns == 0 ? fitting : Math.min(columns, fitting);
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < numbers.length; i++) {
      boolean startsLine = columns == 0 ? i % perLine == 0 : i % columns % perLine == 0;
      text.append(startsLine ? "\n" : " ").append(" ".repeat(width - numbers[i].length()));
      text.append(numbers[i]).append(i + 1 < numbers.length ? "," : "\n}");
    }
    return text.toString();
  }

  /** A number as C writes it in a constant of this type. */
  private static String number(int value, CType type) {
    if (value == Integer.MIN_VALUE && !type.isUnsigned()) {
      return "-2147483647 - 1";
    }
    return type.isUnsigned() ? Integer.toUnsignedString(value) + "u" : Integer.toString(value);
  }

  /** Exact enough to give the same float, such as {@code 0.0235294122f}. */
  static String floatLiteral(double value) {
    String digits = Float.toString((float) value);
    return digits + "f";
  }

  /** CRC-32 (IEEE 802.3) of images one behind the other. */
  static long crc32(List<byte[]> images) {
    CRC32 crc = new CRC32();
    images.forEach(crc::update);
    return crc.getValue();
  }

  /** Text for a C comment, {@link #plain} and broken into lines that begin with a star. */
  static String wrapped(String text) {
    StringBuilder lines = new StringBuilder();
    int column = 8;
    for (String word : plain(text).split(" ", -1)) {
      if (column > 8 && column + 1 + word.length() > WIDTH - 3) {
        lines.append("\n*");
        column = 7;
      }
      lines.append(lines.isEmpty() ? "" : " ").append(word);
      column += 1 + word.length();
    }
    return lines.toString();
  }

  /** Text for a C comment or string: printable ASCII, and nothing that ends a comment. */
  static String plain(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    return new String(ascii, StandardCharsets.US_ASCII)
        .replaceAll("[^ -~]", "?")
        .replace("*/", "* /")
        .replace("/*", "/ *");
  }
}

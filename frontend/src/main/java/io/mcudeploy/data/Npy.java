package io.mcudeploy.data;

import io.mcudeploy.ir.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * NumPy's .npy format, versions 1 to 3 (numpy.lib.format): a magic string, a header that is a
 * Python dictionary literal, the numbers.
 */
final class Npy {
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)(\\w+)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,]*)\\)");

  private static final Pattern COMMA = Pattern.compile(",");

  private static final Map<String, NumberFormat> FORMATS =
      Map.of(
          "f8", NumberFormat.FLOAT64,
          "f4", NumberFormat.FLOAT32,
          "i8", NumberFormat.INT64,
          "i4", NumberFormat.INT32,
          "u4", NumberFormat.UINT32,
          "i2", NumberFormat.INT16,
          "u2", NumberFormat.UINT16,
          "i1", NumberFormat.INT8,
          "u1", NumberFormat.UINT8,
          "b1", NumberFormat.UINT8);

  private Npy() {}

  static NumberArray read(ByteBuffer file) throws DamagedDataException {
    if (file.capacity() < 12 || !startsWith(file, MAGIC)) {
      throw new DamagedDataException("it does not start as a .npy file does");
    }
    ByteBuffer little = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int version = little.get(6);
    long length = version == 1 ? Short.toUnsignedInt(little.getShort(8)) : little.getInt(8);
    int start = version == 1 ? 10 : 12;
    if (version < 1 || version > 3) {
      throw new DamagedDataException("its .npy version " + version + " is not one of 1, 2, 3");
    }
    if (length < 0 || start + length > file.capacity()) {
      throw new DamagedDataException("its header is cut off");
    }
    byte[] bytes = new byte[(int) length];
    little.get(start, bytes);
    String header = new String(bytes, StandardCharsets.UTF_8);
    Matcher description = find(DESCRIPTION, header, "descr");
    NumberFormat format = FORMATS.get(description.group(2));
    if (format == null) {
      throw new DamagedDataException(
          "numbers of type '" + description.group(2) + "' are not supported; convert to float32");
    }
    Shape shape = shape(find(SHAPE, header, "shape").group(1));
    ByteBuffer numbers = slice(file, start + (int) length, shape, format);
    numbers.order(
        description.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    NumberArray array = new NumberArray(shape, format, numbers);
    return find(ORDER, header, "fortran_order").group(1).equals("True") ? rowMajor(array) : array;
  }

  /** A version 1.0 file of float32 or int8 numbers, as the format says: 64-byte aligned data. */
  static byte[] write(Shape shape, NumberFormat format, ByteBuffer numbers) {
    String description =
        FORMATS.entrySet().stream()
            .filter(entry -> entry.getValue() == format && !entry.getKey().equals("b1"))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    String extents =
        java.util.Arrays.stream(shape.extents())
            .mapToObj(extent -> extent + ",")
            .collect(Collectors.joining(" "));
    String header =
        String.format(
            Locale.ROOT,
            "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }",
            format.bytes() == 1 ? "|" : "<",
            description,
            shape.rank() == 1 ? extents : extents.replaceAll(",$", ""));
    int padded = (10 + header.length() + 1 + 63) / 64 * 64;
    ByteBuffer file =
        ByteBuffer.allocate(padded + numbers.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    file.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (padded - 10));
    file.put(header.getBytes(StandardCharsets.US_ASCII));
    while (file.position() < padded - 1) {
      file.put((byte) ' ');
    }
    return file.put((byte) '\n').put(numbers).array();
  }

  static boolean startsWith(ByteBuffer file, byte[] magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= file.capacity() || file.get(i) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** The part of a file that holds an array's numbers, checked against the file's size. */
  static ByteBuffer slice(ByteBuffer file, int start, Shape shape, NumberFormat format)
      throws DamagedDataException {
    long bytes = (long) shape.elements() * format.bytes();
    if (start + bytes > file.capacity()) {
      throw new DamagedDataException(
          String.format(
              Locale.ROOT,
              "it says it holds %s numbers, %,d bytes, but has %,d",
              shape,
              bytes,
              file.capacity() - start));
    }
    return file.slice(start, (int) bytes);
  }

  /** A shape from extents that may be anything. */
  static Shape checkedShape(List<Long> extents) throws DamagedDataException {
    long elements = 1;
    for (long extent : extents) {
      if (extent < 0 || extent > Integer.MAX_VALUE || elements * extent > Integer.MAX_VALUE / 8) {
        throw new DamagedDataException("its shape " + extents + " is too large");
      }
      elements *= extent;
    }
    return Shape.of(extents.stream().mapToInt(Long::intValue).toArray());
  }

  private static Shape shape(String text) throws DamagedDataException {
    List<Long> extents = new ArrayList<>();
    for (String part : COMMA.splitAsStream(text).toList()) {
      if (part.strip().length() > 12) {
        throw new DamagedDataException("its shape (" + text.strip() + ") is too large");
      }
      if (!part.isBlank()) {
        try {
          extents.add(Long.parseLong(part.strip()));
        } catch (NumberFormatException e) {
          throw new DamagedDataException("its shape (" + text.strip() + ") is not one");
        }
      }
    }
    return checkedShape(extents);
  }

  private static Matcher find(Pattern pattern, String header, String key)
      throws DamagedDataException {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new DamagedDataException("its header has no usable '" + key + "'");
    }
    return matcher;
  }

  private static NumberArray rowMajor(NumberArray array) throws DamagedDataException {
    if (array.data().capacity() > DataFile.LARGEST_COPY) {
      throw new DamagedDataException(
          "more than 256 MiB are in Fortran order; store them in C order"
              + " (numpy.ascontiguousarray)");
    }
    int[] extents = array.shape().extents();
    int[] strides = array.shape().strides();
    int bytes = array.format().bytes();
    ByteBuffer sorted =
        ByteBuffer.allocate(array.shape().elements() * bytes).order(array.data().order());
    byte[] number = new byte[bytes];
    for (int i = 0; i < array.shape().elements(); i++) {
      int source = 0;
      int step = 1;
      for (int axis = 0; axis < extents.length; axis++) {
        source += i / strides[axis] % extents[axis] * step;
        step *= extents[axis];
      }
      array.data().get(source * bytes, number);
      sorted.put(i * bytes, number);
    }
    return new NumberArray(array.shape(), array.format(), sorted);
  }
}

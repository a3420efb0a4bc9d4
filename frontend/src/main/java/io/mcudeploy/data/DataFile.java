package io.mcudeploy.data;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads samples, labels and tensors from .npy, .npz, IDX (also gzipped), CIFAR-10 binary batches
 * (.bin of 3,073-byte records) and raw little-endian float32 (.f32) or bytes (any other ending).
 */
public final class DataFile {
  /** What a compressed file may become; a bomb stops here. */
  private static final int LARGEST_UNPACKED = 1 << 30;

  /** What of a file may be held in memory in another order than it has; the rest stays mapped. */
  static final int LARGEST_COPY = 1 << 28;

  private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;

  private DataFile() {}

  /**
   * Samples along the first axis; a file of one sample in the network's own shape (with its batch
   * of 1) is one sample.
   *
   * @param wanted the shape of the network's input, which raw files and single samples need
   */
  public static DataSet samples(Path file, Shape wanted, Normalization normalization) {
    String name = file.toString();
    return guarded(
        name,
        () -> {
          ByteBuffer bytes = unpacked(file);
          if (isCifar(file, bytes)) {
            return cifar(name, bytes, normalization);
          }
          NumberArray numbers = numbers(file, bytes, wanted);
          Shape shape = numbers.shape();
          boolean one = shape.equals(wanted) && wanted.rank() > 0 && wanted.extent(0) == 1;
          boolean unbatched = !one && shape.elements() == wanted.elements();
          if (unbatched && !withoutOnes(shape).equals(withoutOnes(wanted))) {
            unbatched = false;
          }
          if (unbatched) {
            int[] extents = new int[shape.rank() + 1];
            extents[0] = 1;
            System.arraycopy(shape.extents(), 0, extents, 1, shape.rank());
            numbers = new NumberArray(Shape.of(extents), numbers.format(), numbers.data());
          }
          if (numbers.shape().rank() == 0 || numbers.shape().extent(0) == 0) {
            throw new DamagedDataException("it holds no samples");
          }
          return new DataSet(name, numbers, normalization, Optional.empty());
        });
  }

  /** Class numbers, one a sample. */
  public static List<Integer> labels(Path file) {
    return guarded(
        file.toString(),
        () -> {
          ByteBuffer bytes = unpacked(file);
          NumberArray numbers =
              isCifar(file, bytes)
                  ? cifar(file.toString(), bytes, Normalization.NONE).labels().orElseThrow()
                  : numbers(file, bytes, Shape.of(1));
          if (numbers.shape().elements() != numbers.shape().extent(0)) {
            throw new DamagedDataException(
                "its shape " + numbers.shape() + " is not one number a sample");
          }
          return integers(numbers);
        });
  }

  /** The numbers of a list of labels. */
  public static List<Integer> integers(NumberArray numbers) {
    return java.util.stream.IntStream.range(0, numbers.shape().elements())
        .mapToObj(i -> (int) numbers.get(i))
        .toList();
  }

  /** A .npy file of real numbers. */
  public static byte[] npy(Tensor.Floats tensor) {
    ByteBuffer numbers =
        ByteBuffer.allocate(4 * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
    numbers.asFloatBuffer().put(tensor.values());
    return Npy.write(tensor.shape(), NumberFormat.FLOAT32, numbers);
  }

  /** A .npy file of int8, int16 or int32 numbers from their little-endian memory image. */
  public static byte[] npy(Shape shape, NumberFormat format, byte[] image) {
    return Npy.write(shape, format, ByteBuffer.wrap(image));
  }

  private static NumberArray numbers(Path file, ByteBuffer bytes, Shape wanted)
      throws IOException, DamagedDataException {
    String ending = ending(file);
    if (Npy.startsWith(bytes, Npy.MAGIC)) {
      return Npy.read(bytes);
    }
    if (ending.equals("npz") || Npy.startsWith(bytes, new byte[] {'P', 'K', 3, 4})) {
      return firstOfArchive(file);
    }
    if (ending.equals("npy")) {
      return Npy.read(bytes);
    }
    if (ending.startsWith("idx") || ending.equals("ubyte") || Idx.matches(bytes)) {
      return Idx.read(bytes);
    }
    NumberFormat format = ending.equals("f32") ? NumberFormat.FLOAT32 : NumberFormat.UINT8;
    int sample = Math.max(1, wanted.elements()) * format.bytes();
    if (bytes.capacity() == 0 || bytes.capacity() % sample != 0) {
      throw new DamagedDataException(
          String.format(
              Locale.ROOT,
              "read as raw %s it has %,d bytes, not a multiple of the %,d of one sample %s",
              format.name().toLowerCase(Locale.ROOT),
              bytes.capacity(),
              sample,
              wanted));
    }
    return new NumberArray(
        Shape.of(bytes.capacity() / sample, sample / format.bytes()),
        format,
        bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  private static boolean isCifar(Path file, ByteBuffer bytes) {
    return ending(file).equals("bin")
        && bytes.capacity() > 0
        && bytes.capacity() % CIFAR_RECORD == 0;
  }

  /** Records of one label and 32x32 pixels, channels first (red, green, blue). */
  private static DataSet cifar(String name, ByteBuffer bytes, Normalization normalization)
      throws DamagedDataException {
    if (bytes.capacity() > LARGEST_COPY) {
      throw new DamagedDataException("it has more than 256 MiB; split it");
    }
    int count = bytes.capacity() / CIFAR_RECORD;
    ByteBuffer images = ByteBuffer.allocate(count * (CIFAR_RECORD - 1));
    ByteBuffer labels = ByteBuffer.allocate(count);
    for (int i = 0; i < count; i++) {
      labels.put(i, bytes.get(i * CIFAR_RECORD));
      images.put(i * (CIFAR_RECORD - 1), bytes, i * CIFAR_RECORD + 1, CIFAR_RECORD - 1);
    }
    return new DataSet(
        name,
        new NumberArray(Shape.of(count, 3, 32, 32), NumberFormat.UINT8, images),
        normalization,
        Optional.of(new NumberArray(Shape.of(count), NumberFormat.UINT8, labels)));
  }

  private static NumberArray firstOfArchive(Path file) throws IOException, DamagedDataException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Optional<? extends ZipEntry> array =
          zip.stream().filter(entry -> entry.getName().endsWith(".npy")).findFirst();
      if (array.isEmpty()) {
        throw new DamagedDataException("the archive holds no .npy array");
      }
      try (InputStream stream = zip.getInputStream(array.get())) {
        return Npy.read(spilled(stream));
      }
    } catch (IllegalArgumentException e) {
      throw new DamagedDataException("an entry of the archive has a damaged name");
    }
  }

  private static ByteBuffer unpacked(Path file) throws IOException, DamagedDataException {
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new DamagedDataException("it is larger than 2 GiB; split it");
      }
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      if (!Npy.startsWith(bytes, new byte[] {0x1f, (byte) 0x8b})) {
        return bytes;
      }
    }
    try (InputStream stream = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
      return spilled(stream);
    }
  }

  /** The bytes of a stream, by way of a file: they may be a thousand times those that they were. */
  private static ByteBuffer spilled(InputStream stream) throws IOException, DamagedDataException {
    Path file = Files.createTempFile("mcu-deploy", ".data");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      byte[] part = new byte[1 << 16];
      for (int count = stream.read(part); count >= 0; count = stream.read(part)) {
        if (channel.size() + count > LARGEST_UNPACKED) {
          throw new DamagedDataException("it unpacks to more than 1 GiB; split it");
        }
        channel.write(ByteBuffer.wrap(part, 0, count));
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  /** The file's ending in lower case, without .gz. */
  private static String ending(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".gz")) {
      name = name.substring(0, name.length() - 3);
    }
    if (name.contains("-idx")) {
      return "idx";
    }
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static List<Integer> withoutOnes(Shape shape) {
    return java.util.Arrays.stream(shape.extents()).filter(e -> e != 1).boxed().toList();
  }

  private interface Reading<T> {
    T read() throws IOException, DamagedDataException;
  }

  private static <T> T guarded(String name, Reading<T> reading) {
    Location location = new Location.File(name);
    try {
      return reading.read();
    } catch (DamagedDataException e) {
      throw damaged(location, e.getMessage());
    } catch (java.util.zip.ZipException | java.io.EOFException e) {
      throw damaged(location, "its compressed data is damaged or cut off");
    } catch (NoSuchFileException e) {
      throw Diagnostic.of(Code.E0401, location, "there is no such data file").asException();
    } catch (IOException e) {
      throw Diagnostic.of(Code.E0401, location, "the data file cannot be read: " + e.getMessage())
          .asException();
    }
  }

  private static DiagnosticException damaged(Location location, String reason) {
    return Diagnostic.of(Code.E0402, location, "the data file cannot be used: " + reason)
        .help("supported: .npy, .npz, IDX (also .gz), CIFAR-10 .bin, raw float32 (.f32), raw bytes")
        .asException();
  }
}

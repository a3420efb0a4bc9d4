package io.mcudeploy.tflite;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the descriptions of a subgraph's tensors. Fields are numbered as in TFLite's schema. */
final class TensorReader {
  /** Far above any real network's. */
  private static final int MAX_RANK = 32;

  private final FlatBuffer.Vector buffers;
  private final Location location;
  private final Set<String> names = new HashSet<>();

  /**
   * @param buffers where the numbers of constants are
   */
  TensorReader(FlatBuffer.Vector buffers, Location location) {
    this.buffers = buffers;
    this.location = location;
  }

  /**
   * The tensor that a table describes.
   *
   * @param index in the subgraph, from which a nameless tensor gets its name
   * @throws DiagnosticException if it is of a type the tool does not read, or makes no sense
   */
  StoredTensor read(FlatBuffer.Table table, int index) {
    Optional<ByteBuffer> data = data(index, table.int32(2, 0));
    String name = uniqueName(table.string(3), index, data.isPresent());
    int number = table.int8(1, 0);
    StoredType type =
        StoredType.of(number)
            .orElseThrow(
                () ->
                    diagnostic(
                            Code.E0202, name, "has elements of type " + number + " of the schema")
                        .note("supported are the float, integer and boolean types of 4 to 64 bits")
                        .asException());
    if (table.has(6)) {
      throw diagnostic(Code.E0202, name, "is stored as a sparse tensor")
          .help("convert the network again without sparse storage")
          .asException();
    }
    int[] extents = table.vector(0, 4).int32s();
    int[] signature = table.vector(7, 4).int32s();
    List<Integer> open = openAxes(extents, signature);
    open.forEach(axis -> extents[axis] = 1);
    Shape shape = shape(name, extents);
    if (data.isPresent() && data.get().remaining() != type.bytes(shape.elements())) {
      throw diagnostic(
              Code.E0102,
              name,
              String.format(
                  "has %d bytes of data for %s%s of %d",
                  data.get().remaining(), type, shape, type.bytes(shape.elements())))
          .asException();
    }
    Optional<Grid> grid = grid(name, type, shape, table);
    if (data.isEmpty() && !grid.map(Grid::isPerTensor).orElse(true)) {
      throw diagnostic(Code.E0202, name, "has a scale for each index, and is no constant")
          .asException();
    }
    return new StoredTensor(name, type, shape, open, grid, data, table.bool(5));
  }

  private static List<Integer> openAxes(int[] extents, int[] signature) {
    List<Integer> open = new ArrayList<>();
    for (int axis = 0; axis < extents.length && axis < MAX_RANK; axis++) {
      boolean signed = signature.length == extents.length && signature[axis] == -1;
      if (signed || extents[axis] == -1) {
        open.add(axis);
      }
    }
    return open;
  }

  private Shape shape(String name, int[] extents) {
    if (extents.length > MAX_RANK) {
      throw diagnostic(Code.E0102, name, "has " + extents.length + " dimensions").asException();
    }
    try {
      return Shape.of(extents);
    } catch (IllegalArgumentException e) {
      throw diagnostic(Code.E0102, name, "has " + e.getMessage()).asException();
    }
  }

  /** The numbers of a constant. The first buffer is empty and stands for no constant. */
  private Optional<ByteBuffer> data(int tensor, int buffer) {
    if (buffer == 0) {
      return Optional.empty();
    }
    FlatBuffer.Table table = buffers.table(buffer);
    if (table.int64(1, 0) > 1) {
      throw diagnostic(
              Code.E0202, "tensor_" + tensor, "keeps its data behind the end of the flatbuffer")
          .help("convert the network again so that it has less than 2 GiB")
          .asException();
    }
    ByteBuffer data = table.vector(0, 1).raw();
    return data.hasRemaining() ? Optional.of(data) : Optional.empty();
  }

  private Optional<Grid> grid(String name, StoredType type, Shape shape, FlatBuffer.Table tensor) {
    Optional<FlatBuffer.Table> quantization = tensor.table(4);
    if (quantization.isEmpty() || !isQuantized(type)) {
      return Optional.empty();
    }
    FlatBuffer.Vector scales = quantization.get().vector(2, 4);
    FlatBuffer.Vector zeroPoints = quantization.get().vector(3, 8);
    // Converters leave the axis of a convolution's weights at its bias, which has only one.
    int axis = shape.rank() == 1 ? 0 : quantization.get().int32(6, 0);
    if (scales.length() == 0) {
      return Optional.empty();
    }
    boolean onePerIndex = axis >= 0 && axis < shape.rank() && shape.extent(axis) == scales.length();
    if (scales.length() != 1 && !onePerIndex) {
      throw diagnostic(
              Code.E0102,
              name,
              "has " + scales.length() + " scales along axis " + axis + " of " + shape)
          .asException();
    }
    List<Double> scaleList = new ArrayList<>();
    List<Integer> zeroPointList = new ArrayList<>();
    for (int i = 0; i < scales.length(); i++) {
      scaleList.add(scale(name, scales.float32(i)));
      // Converters leave out zero points that are all 0, or write one for all.
      long zeroPoint =
          zeroPoints.length() == 0 ? 0 : zeroPoints.int64(zeroPoints.length() == 1 ? 0 : i);
      if (zeroPoint < type.lowest() || zeroPoint > type.highest()) {
        throw diagnostic(Code.E0102, name, "has the zero point " + zeroPoint + " for " + type)
            .asException();
      }
      zeroPointList.add((int) zeroPoint);
    }
    return Optional.of(new Grid(scaleList, zeroPointList, axis));
  }

  private double scale(String name, float scale) {
    // A weight channel of nothing but zeros may have any scale.
    if (scale == 0) {
      return Float.MIN_NORMAL;
    }
    if (!(scale > 0) || Float.isInfinite(scale)) {
      throw diagnostic(Code.E0102, name, "has the scale " + scale).asException();
    }
    return scale;
  }

  private static boolean isQuantized(StoredType type) {
    return switch (type) {
      case INT4, INT8, UINT8, INT16, INT32 -> true;
      default -> false;
    };
  }

  /**
   * Converters join the names of all operators they fuse by semicolons. The first one stays, for
   * results; those of weights differ in the rest.
   */
  private String uniqueName(String stored, int index, boolean constant) {
    int end = constant ? -1 : stored.indexOf(';');
    String first = end < 0 ? stored : stored.substring(0, end);
    String name = first.isEmpty() ? "tensor_" + index : first;
    while (!names.add(name)) {
      name += "_" + index;
    }
    return name;
  }

  private Diagnostic diagnostic(Code code, String name, String what) {
    return Diagnostic.of(code, location, "tensor `" + name + "` " + what);
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.RowWise;
import io.mcudeploy.quantized.Rows;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * A strided copy: output element (c0, c1, …) is input element {@code offset + c0 · stride0 + c1 ·
 * stride1 + …}. Transposes, slices, repetitions and reversals are all of this form.
 *
 * @param storage of input and output
 * @param inputElements of the input tensor
 * @param output shape of the output, row-major
 * @param inputStrides one for each axis of the output, in elements; 0 repeats, negative reverses
 * @param offset of the first element
 */
public record Copy(
    StorageType storage, int inputElements, Shape output, List<Integer> inputStrides, int offset)
    implements RowWise {

  public Copy {
    inputStrides = List.copyOf(inputStrides);
    Checks.positive("input elements", inputElements);
    Checks.positive("output elements", output.elements());
    Checks.count("strides", output.rank(), inputStrides.size());
    long lowest = offset;
    long highest = offset;
    for (int axis = 0; axis < output.rank(); axis++) {
      long reach = (long) (output.extent(axis) - 1) * inputStrides.get(axis);
      lowest += Math.min(0, reach);
      highest += Math.max(0, reach);
    }
    Checks.require(
        lowest >= 0 && highest < inputElements,
        "elements " + lowest + ".." + highest + " of " + inputElements);
  }

  @Override
  public StorageType inputStorage(int position) {
    return storage;
  }

  @Override
  public StorageType outputStorage(int position) {
    return storage;
  }

  @Override
  public String kind() {
    return "copy";
  }

  @Override
  public String summary() {
    return output + " by strides " + inputStrides + (offset > 0 ? " from " + offset : "");
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    int bytes = storage.bytes();
    Checks.count("input bytes", (long) inputElements * bytes, x.length);
    int[] strides = inputStrides.stream().mapToInt(Integer::intValue).toArray();
    int[] indices = Strides.indices(output, strides, offset);
    byte[] y = new byte[indices.length * bytes];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(x, indices[i] * bytes, y, i * bytes, bytes);
    }
    return List.of(y);
  }

  /** Some columns of an image, all rows of them. */
  public static Copy columns(StorageType storage, int rows, int columns, int depth, Rows some) {
    return new Copy(
        storage,
        rows * columns * depth,
        Shape.of(rows, some.count() * depth),
        List.of(columns * depth, 1),
        some.first() * depth);
  }

  /** Rows that are made of the inputs' rows one by one. */
  @Override
  public int outputRows(int inputRows) {
    if (output.rank() == 0) {
      return 0;
    }
    int axis = rowAxis();
    if (output.extent(axis) != inputRows || inputElements % inputRows != 0) {
      return 0;
    }
    int rowElements = inputElements / inputRows;
    long lowest = offset;
    long highest = offset;
    for (int other = axis + 1; other < output.rank(); other++) {
      long reach = (long) (output.extent(other) - 1) * inputStrides.get(other);
      lowest += Math.min(0, reach);
      highest += Math.max(0, reach);
    }
    boolean stays = lowest >= 0 && highest < rowElements;
    return stays && inputStrides.get(axis) == rowElements ? inputRows : 0;
  }

  /** The first axis that is longer than 1. */
  private int rowAxis() {
    int axis = 0;
    while (axis + 1 < output.rank() && output.extent(axis) == 1) {
      axis++;
    }
    return axis;
  }

  @Override
  public Rows rowsBehind(int input, int inputRows, Rows rows) {
    return rows;
  }

  @Override
  public Copy band(int inputRows, Rows rows) {
    return new Copy(
        storage,
        inputElements / inputRows * rows.count(),
        output.with(rowAxis(), rows.count()),
        inputStrides,
        offset);
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    return 0;
  }
}

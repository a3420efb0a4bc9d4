package io.mcudeploy.quantized.operators;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * A tensor with a margin of a constant, as TFLite's PAD and PADV2.
 *
 * @param before elements added before each axis
 * @param after elements added after each axis
 * @param value the margin; the zero point for real 0
 * @param storage of both tensors
 */
public record Pad(
    Shape input, List<Integer> before, List<Integer> after, int value, StorageType storage)
    implements IntegerOperator {

  public Pad {
    before = List.copyOf(before);
    after = List.copyOf(after);
    Checks.positive("input elements", input.elements());
    Checks.count("margins", input.rank(), before.size());
    Checks.count("margins", input.rank(), after.size());
    Checks.require(
        before.stream().allMatch(margin -> margin >= 0)
            && after.stream().allMatch(margin -> margin >= 0),
        "negative padding");
    Checks.integer("padding value", value, storage);
  }

  /** A margin around int8 numbers. */
  public Pad(Shape input, List<Integer> before, List<Integer> after, int value) {
    this(input, before, after, value, StorageType.INT8);
  }

  @Override
  public StorageType inputStorage(int input) {
    return storage;
  }

  @Override
  public StorageType outputStorage(int output) {
    return storage;
  }

  /** The shape of the result. */
  public Shape output() {
    Shape output = input;
    for (int axis = 0; axis < input.rank(); axis++) {
      output = output.with(axis, before.get(axis) + input.extent(axis) + after.get(axis));
    }
    return output;
  }

  @Override
  public String kind() {
    return "pad";
  }

  @Override
  public String summary() {
    return input + " -> " + output() + " with " + value;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.integers(inputs.get(0), storage, input.elements());
    int[] strides = output().strides();
    int offset = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      offset += before.get(axis) * strides[axis];
    }
    int[] places = Strides.indices(input, strides, offset);
    byte[] y = storage.image(output().elements());
    for (int i = 0; i < output().elements(); i++) {
      storage.put(y, i, value);
    }
    for (int i = 0; i < x.length; i++) {
      storage.put(y, places[i], x[i]);
    }
    return List.of(y);
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

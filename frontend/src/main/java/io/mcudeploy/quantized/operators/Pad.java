package io.mcudeploy.quantized.operators;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.IntegerOperator;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor with a margin of a constant, as TFLite's PAD and PADV2.
 *
 * @param before elements added before each axis
 * @param after elements added after each axis
 * @param value the margin, int8; the zero point for real 0
 */
public record Pad(Shape input, List<Integer> before, List<Integer> after, int value)
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
    Checks.int8("padding value", value);
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
    byte[] x = inputs.get(0);
    Checks.count("input elements", input.elements(), x.length);
    int[] strides = output().strides();
    int offset = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      offset += before.get(axis) * strides[axis];
    }
    int[] places = Strides.indices(input, strides, offset);
    byte[] y = new byte[output().elements()];
    Arrays.fill(y, (byte) value);
    for (int i = 0; i < x.length; i++) {
      y[places[i]] = x[i];
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

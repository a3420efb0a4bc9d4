package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import java.util.Arrays;
import java.util.List;

/**
 * A mark at each index: x is [outer][inner] int32, y [outer][depth][inner] int8, {@code on} where
 * the middle coordinate is the index, else {@code off}. Negative indices count from the end; one
 * that does not exist marks nothing.
 */
public record OneHot(int outer, int depth, int inner, int off, int on) implements IntegerOperator {
  public OneHot {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.int8("off", off);
    Checks.int8("on", on);
  }

  @Override
  public StorageType inputStorage(int input) {
    return StorageType.INT32;
  }

  @Override
  public String kind() {
    return "one_hot";
  }

  @Override
  public String summary() {
    return outer * inner + " indices below " + depth;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    Checks.count("indices", (long) outer * inner, StorageType.INT32.elements(x));
    byte[] y = new byte[outer * depth * inner];
    Arrays.fill(y, (byte) off);
    for (int i = 0; i < outer * inner; i++) {
      int index = StorageType.INT32.get(x, i);
      int position = index < 0 ? index + depth : index;
      if (position >= 0 && position < depth) {
        y[(i / inner * depth + position) * inner + i % inner] = (byte) on;
      }
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

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * One element for each computed index: {@code y[o][k][i] = x[o][position(indices[o][k][i])][i]}; x
 * is [outer][depth][inner] int8, indices [outer][count][inner] int32.
 */
public record GatherElements(int outer, int depth, int inner, int count)
    implements IntegerOperator {
  public GatherElements {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.positive("count", count);
  }

  @Override
  public StorageType inputStorage(int input) {
    return input == 0 ? StorageType.INT8 : StorageType.INT32;
  }

  @Override
  public String kind() {
    return "gather_elements";
  }

  @Override
  public String summary() {
    return count + " of " + depth + ", " + outer * inner + " times";
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    byte[] indices = inputs.get(1);
    byte[] y = new byte[outer * count * inner];
    Checks.count("input elements", (long) outer * depth * inner, x.length);
    Checks.count("indices", y.length, StorageType.INT32.elements(indices));
    for (int e = 0; e < y.length; e++) {
      int row = Positions.of(StorageType.INT32.get(indices, e), depth);
      y[e] = x[(e / (count * inner) * depth + row) * inner + e % inner];
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

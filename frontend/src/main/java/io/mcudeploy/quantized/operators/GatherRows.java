package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Rows by computed indices, such as those of an embedding table: {@code y[o][k][i] =
 * x[o][position(indices[k])][i]}; x is [outer][depth][run] int8, indices [count] int32.
 */
public record GatherRows(int outer, int depth, int run, int count) implements IntegerOperator {
  public GatherRows {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("run", run);
    Checks.positive("count", count);
  }

  @Override
  public StorageType inputStorage(int input) {
    return input == 0 ? StorageType.INT8 : StorageType.INT32;
  }

  @Override
  public String kind() {
    return "gather_rows";
  }

  @Override
  public String summary() {
    return count + " of " + depth + " rows of " + run + (outer > 1 ? ", " + outer + " times" : "");
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    byte[] indices = inputs.get(1);
    Checks.count("input elements", (long) outer * depth * run, x.length);
    Checks.count("indices", count, StorageType.INT32.elements(indices));
    byte[] y = new byte[outer * count * run];
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < count; k++) {
        int row = o * depth + Positions.of(StorageType.INT32.get(indices, k), depth);
        System.arraycopy(x, row * run, y, (o * count + k) * run, run);
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

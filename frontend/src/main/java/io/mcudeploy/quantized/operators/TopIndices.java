package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where the greatest or smallest elements are, the most extreme first: x is [outer][depth][inner]
 * int8, y [outer][count][inner] int32, indices of the middle axis.
 *
 * @param last whether the last of equal elements comes first, else the first
 */
public record TopIndices(int outer, int depth, int inner, int count, boolean largest, boolean last)
    implements IntegerOperator {
  public TopIndices {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.positive("count", count);
    Checks.require(count <= depth, count + " of " + depth);
  }

  @Override
  public StorageType outputStorage(int output) {
    return StorageType.INT32;
  }

  @Override
  public String kind() {
    return "top_indices";
  }

  @Override
  public String summary() {
    return (largest ? "largest " : "smallest ")
        + count
        + " of "
        + depth
        + (inner > 1 ? " at stride " + inner : "")
        + ", "
        + outer * inner
        + " times";
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    Checks.count("input elements", (long) outer * depth * inner, x.length);
    byte[] y = new byte[4 * outer * count * inner];
    for (int column = 0; column < outer * inner; column++) {
      int o = column / inner;
      int i = column % inner;
      List<Integer> order = order(x, o * depth * inner + i);
      for (int k = 0; k < count; k++) {
        StorageType.INT32.put(y, (o * count + k) * inner + i, order.get(k));
      }
    }
    return List.of(y);
  }

  private List<Integer> order(byte[] x, int start) {
    Comparator<Integer> byValue = Comparator.comparing(d -> x[start + d * inner]);
    Comparator<Integer> byPlace = Comparator.naturalOrder();
    List<Integer> order = new ArrayList<>();
    for (int d = 0; d < depth; d++) {
      order.add(d);
    }
    order.sort(
        (largest ? byValue.reversed() : byValue)
            .thenComparing(last ? byPlace.reversed() : byPlace));
    return order;
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

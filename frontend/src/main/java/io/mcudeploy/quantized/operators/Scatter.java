package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * Rows written into, or added to, a copy of a matrix at fixed places, one after another. With data
 * and updates at the output's scale, {@code y = data} at first; then for each update k and i {@code
 * y[targets[k]][i] = updates[k][i]}, or {@code saturate8(y[targets[k]][i] + updates[k][i] −
 * zeroPoint)}.
 *
 * @param rows of data and output
 * @param run elements of a row
 * @param targets the row that each update goes to
 * @param add whether updates are added
 * @param zeroPoint of the output
 */
public record Scatter(
    int rows,
    int run,
    Int32Array targets,
    boolean add,
    Rescale data,
    Rescale updates,
    int zeroPoint)
    implements IntegerOperator {
  public Scatter {
    Checks.positive("rows", rows);
    Checks.positive("run", run);
    Checks.positive("targets", targets.length());
    Checks.int8("zero point", zeroPoint);
    for (int k = 0; k < targets.length(); k++) {
      int row = targets.get(k);
      Checks.require(row >= 0 && row < rows, "row " + row + " of " + rows);
    }
  }

  @Override
  public String kind() {
    return "scatter";
  }

  @Override
  public String summary() {
    return targets.length() + (add ? " added to " : " of ") + rows + " rows of " + run;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    Checks.count("data elements", (long) rows * run, inputs.get(0).length);
    Checks.count("update elements", (long) targets.length() * run, inputs.get(1).length);
    byte[] y = inputs.get(0).clone();
    for (int e = 0; e < y.length; e++) {
      y[e] = (byte) data.apply(y[e]);
    }
    for (int e = 0; e < inputs.get(1).length; e++) {
      int place = targets.get(e / run) * run + e % run;
      int update = updates.apply(inputs.get(1)[e]);
      int sum = add ? y[place] + update - zeroPoint : update;
      y[place] = (byte) Math.max(-128, Math.min(127, sum));
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    return Positions.bytes(targets.length(), rows - 1);
  }

  @Override
  public long accumulatorBound() {
    return Math.max(data.accumulatorBound(), updates.accumulatorBound());
  }
}

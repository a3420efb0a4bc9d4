package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * Running sums over the middle axis of [outer][depth][inner]: {@code y[d] = output(Σ (x[e] −
 * inputZeroPoint))} over e ≤ d, e &lt; d, e ≥ d or e &gt; d.
 *
 * @param exclusive whether an element's own number is left out
 * @param reverse whether the sums run from the end
 * @param output with a single multiplier, inputScale / outputScale
 */
public record CumulativeSum(
    int outer,
    int depth,
    int inner,
    boolean exclusive,
    boolean reverse,
    int inputZeroPoint,
    OutputStage output)
    implements IntegerOperator {
  public CumulativeSum {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.int8("input zero point", inputZeroPoint);
    Checks.count("multipliers", 1, output.multipliers().size());
  }

  @Override
  public String kind() {
    return "cumulative_sum";
  }

  @Override
  public String summary() {
    return "of "
        + depth
        + (inner > 1 ? " at stride " + inner : "")
        + ", "
        + outer * inner
        + " times"
        + (exclusive ? ", exclusive" : "")
        + (reverse ? ", from the end" : "")
        + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.centred(inputs.get(0), outer * depth * inner, inputZeroPoint);
    byte[] y = new byte[x.length];
    for (int column = 0; column < outer * inner; column++) {
      int start = column / inner * depth * inner + column % inner;
      int sum = 0;
      for (int step = 0; step < depth; step++) {
        int place = start + (reverse ? depth - 1 - step : step) * inner;
        y[place] = output.apply(0, exclusive ? sum : sum + x[place]);
        sum += x[place];
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

  @Override
  public long accumulatorBound() {
    long bound = (long) depth * Accumulators.largestDistance(inputZeroPoint);
    return Accumulators.shifted(bound, output.multipliers().get(0));
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * A tensor brought to another scale and zero point.
 *
 * @param elements of the tensor
 */
public record Requantize(int elements, Rescale rescale) implements IntegerOperator {
  public Requantize {
    Checks.positive("elements", elements);
  }

  @Override
  public String kind() {
    return "requantize";
  }

  @Override
  public String summary() {
    return elements + " elements";
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    Checks.count("input elements", elements, x.length);
    byte[] y = new byte[elements];
    for (int i = 0; i < elements; i++) {
      y[i] = rescale.apply(x[i]);
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
    return rescale.accumulatorBound();
  }
}

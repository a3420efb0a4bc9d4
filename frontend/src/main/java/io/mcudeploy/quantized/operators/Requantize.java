package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * A tensor brought to another scale, zero point or storage.
 *
 * @param elements of the tensor
 */
public record Requantize(int elements, Rescale rescale) implements RowElements {
  public Requantize {
    Checks.positive("elements", elements);
  }

  @Override
  public int parts() {
    return elements;
  }

  @Override
  public Requantize ofParts(int parts) {
    return new Requantize(parts, rescale);
  }

  @Override
  public StorageType inputStorage(int input) {
    return rescale.input();
  }

  @Override
  public StorageType outputStorage(int output) {
    return rescale.output();
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
    int[] x = Images.integers(inputs.get(0), rescale.input(), elements);
    byte[] y = rescale.output().image(elements);
    for (int i = 0; i < elements; i++) {
      rescale.output().put(y, i, rescale.apply(x[i]));
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

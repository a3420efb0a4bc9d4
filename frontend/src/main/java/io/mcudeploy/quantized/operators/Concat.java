package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Tensors side by side: input k is [outer][lengths k], the output [outer][Σ lengths]. Each input is
 * brought to the output's scale.
 *
 * @param lengths elements of each input in one of {@code outer} rows
 * @param rescales one for each input
 */
public record Concat(int outer, List<Integer> lengths, List<Rescale> rescales)
    implements RowElements {

  public Concat {
    lengths = List.copyOf(lengths);
    rescales = List.copyOf(rescales);
    Checks.positive("outer", outer);
    Checks.positive("inputs", lengths.size());
    lengths.forEach(length -> Checks.positive("length", length));
    Checks.count("rescales", lengths.size(), rescales.size());
    Checks.count("storages", 1, rescales.stream().map(Rescale::output).distinct().count());
  }

  @Override
  public int parts() {
    return outer;
  }

  @Override
  public Concat ofParts(int parts) {
    return new Concat(parts, lengths, rescales);
  }

  @Override
  public StorageType inputStorage(int input) {
    return rescales.get(input).input();
  }

  @Override
  public StorageType outputStorage(int output) {
    return rescales.get(0).output();
  }

  /** Elements of one row of the output. */
  public int outputLength() {
    return lengths.stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  public String kind() {
    return "concat";
  }

  @Override
  public String summary() {
    return lengths + (outer > 1 ? ", " + outer + " rows" : "");
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    Checks.count("inputs", lengths.size(), inputs.size());
    StorageType storage = outputStorage(0);
    byte[] y = storage.image(outer * outputLength());
    int start = 0;
    for (int k = 0; k < lengths.size(); k++) {
      int length = lengths.get(k);
      int[] x = Images.integers(inputs.get(k), inputStorage(k), outer * length);
      for (int row = 0; row < outer; row++) {
        for (int i = 0; i < length; i++) {
          storage.put(
              y, row * outputLength() + start + i, rescales.get(k).apply(x[row * length + i]));
        }
      }
      start += length;
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
    return rescales.stream().mapToLong(Rescale::accumulatorBound).max().orElse(0);
  }
}

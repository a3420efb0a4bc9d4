package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int8Array;
import java.util.List;

/**
 * Any function of one variable: {@code y = table[x + 128]}.
 *
 * @param elements of the tensor
 * @param table 256 outputs, for the inputs −128..127 in order
 */
public record LookupTable(int elements, Int8Array table) implements RowElements {
  public LookupTable {
    Checks.positive("elements", elements);
    Checks.count("table entries", 256, table.length());
  }

  @Override
  public int parts() {
    return elements;
  }

  @Override
  public LookupTable ofParts(int parts) {
    return new LookupTable(parts, table);
  }

  @Override
  public String kind() {
    return "lookup_table";
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
      y[i] = table.get(x[i] + 128);
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    return 256;
  }
}

package io.mcudeploy.deploy;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.LookupTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables one behind the other, over as many elements as a test wants. */
final class SmallNetwork {
  private SmallNetwork() {}

  static QuantizedGraph of(int elements) {
    byte[] table = new byte[256];
    for (int i = 0; i < table.length; i++) {
      table[i] = (byte) (127 - i);
    }
    LookupTable mirror = new LookupTable(elements, Int8Array.of(table));
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("x", "half", "y")) {
      tensors.put(
          name,
          new QuantizedTensor(
              name, Shape.of(1, elements), StorageType.INT8, new Quantization(0.1, -3)));
    }
    return new QuantizedGraph(
        "small",
        List.of("x"),
        List.of("y"),
        List.of(
            new Layer("first", mirror, List.of("x"), List.of("half")),
            new Layer("second", mirror, List.of("half"), List.of("y"))),
        tensors,
        Map.of());
  }
}

package io.mcudeploy.deploy;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.cases.OperatorCase;
import io.mcudeploy.quantized.cases.OperatorCases;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.LookupTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables one behind the other, over as many elements as a test wants. */
final class SmallNetwork {
  private SmallNetwork() {}

  static QuantizedGraph of(int elements) {
    LookupTable mirror = mirror(elements);
    return graph(
        elements,
        List.of(
            new Layer("first", mirror, List.of("x"), List.of("half")),
            new Layer("second", mirror, List.of("half"), List.of("y"))));
  }

  /** Two tensors that are needed at once, in whatever order the layers run. */
  static QuantizedGraph twoTensorsOf(int elements) {
    LookupTable mirror = mirror(elements);
    IntegerOperator sum =
        OperatorCases.all().stream()
            .map(OperatorCase::operator)
            .filter(Add.class::isInstance)
            .filter(add -> add.inputStorage(0) == StorageType.INT8)
            .findFirst()
            .orElseThrow();
    return graph(
        elements,
        List.of(
            new Layer("first", mirror, List.of("x"), List.of("half")),
            new Layer("second", mirror, List.of("x"), List.of("other")),
            new Layer("sum", sum, List.of("half", "other"), List.of("y"))));
  }

  private static LookupTable mirror(int elements) {
    byte[] table = new byte[256];
    for (int i = 0; i < table.length; i++) {
      table[i] = (byte) (127 - i);
    }
    return new LookupTable(elements, Int8Array.of(table));
  }

  private static QuantizedGraph graph(int elements, List<Layer> layers) {
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("x", "half", "other", "y")) {
      tensors.put(
          name,
          new QuantizedTensor(
              name, Shape.of(1, elements), StorageType.INT8, new Quantization(0.1, -3)));
    }
    return new QuantizedGraph("small", List.of("x"), List.of("y"), layers, tensors, Map.of());
  }
}

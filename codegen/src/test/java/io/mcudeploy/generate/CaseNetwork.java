package io.mcudeploy.generate;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.cases.OperatorCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A network of a single layer, for one case of an operator. */
final class CaseNetwork {
  private CaseNetwork() {}

  static QuantizedGraph of(OperatorCase operatorCase) {
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    operatorCase
        .inputs()
        .forEach(image -> add("in" + inputs.size(), image.length(), inputs, tensors));
    operatorCase
        .expected()
        .forEach(image -> add("out" + outputs.size(), image.length, outputs, tensors));
    return new QuantizedGraph(
        operatorCase.id(),
        inputs,
        outputs,
        List.of(new Layer(operatorCase.id(), operatorCase.operator(), inputs, outputs)),
        tensors,
        Map.of());
  }

  private static void add(
      String name, int bytes, List<String> names, Map<String, QuantizedTensor> tensors) {
    names.add(name);
    tensors.put(
        name,
        new QuantizedTensor(name, Shape.of(bytes), StorageType.INT8, new Quantization(0.5, 0)));
  }
}

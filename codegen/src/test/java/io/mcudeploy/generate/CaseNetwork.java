package io.mcudeploy.generate;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
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
    IntegerOperator operator = operatorCase.operator();
    for (Int8Array image : operatorCase.inputs()) {
      StorageType storage = operator.inputStorage(inputs.size());
      add("in" + inputs.size(), image.length(), storage, inputs, tensors);
    }
    for (byte[] image : operatorCase.expected()) {
      StorageType storage = operator.outputStorage(outputs.size());
      add("out" + outputs.size(), image.length, storage, outputs, tensors);
    }
    return new QuantizedGraph(
        operatorCase.id(),
        inputs,
        outputs,
        List.of(new Layer(operatorCase.id(), operator, inputs, outputs)),
        tensors,
        Map.of());
  }

  private static void add(
      String name,
      int bytes,
      StorageType storage,
      List<String> names,
      Map<String, QuantizedTensor> tensors) {
    names.add(name);
    Shape shape = Shape.of(bytes / storage.bytes());
    tensors.put(name, new QuantizedTensor(name, shape, storage, new Quantization(0.5, 0)));
  }
}

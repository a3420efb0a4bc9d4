package io.mcudeploy.generate;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Two fully connected layers, 8 -> 4 -> 3. */
final class TinyNetwork {
  static final Provenance PROVENANCE =
      new Provenance("0.1.0", "tiny.onnx", "5f0c".repeat(16), "nucleo-l4r5zi", "cortex-m4");

  private TinyNetwork() {}

  static QuantizedGraph graph() {
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
    add(tensors, "input", Shape.of(1, 8), new Quantization(0.0235294122, -3));
    add(tensors, "hidden", Shape.of(1, 4), new Quantization(0.05, -128));
    add(tensors, "scores", Shape.of(1, 3), new Quantization(0.0431372561, 7));
    return new QuantizedGraph(
        "tiny",
        List.of("input"),
        List.of("scores"),
        List.of(
            new Layer("hidden", dense(8, 4, -3, -128, 0.0027), List.of("input"), List.of("hidden")),
            new Layer(
                "scores", dense(4, 3, -128, 7, 0.0019), List.of("hidden"), List.of("scores"))),
        tensors,
        Map.of());
  }

  private static void add(
      Map<String, QuantizedTensor> tensors, String name, Shape shape, Quantization quantization) {
    tensors.put(name, new QuantizedTensor(name, shape, StorageType.INT8, quantization));
  }

  private static FullyConnected dense(
      int inputs, int outputs, int zeroPoint, int outputZeroPoint, double factor) {
    Random random = new Random(inputs);
    byte[] weights = new byte[inputs * outputs];
    random.nextBytes(weights);
    int[] bias = random.ints(outputs, -2000, 2000).toArray();
    List<Multiplier> multipliers =
        random.doubles(outputs, factor, 2 * factor).mapToObj(Multiplier::of).toList();
    return new FullyConnected(
        1,
        inputs,
        outputs,
        zeroPoint,
        Int8Array.of(weights),
        Int32Array.of(bias),
        new OutputStage(multipliers, outputZeroPoint, -128, 127));
  }
}

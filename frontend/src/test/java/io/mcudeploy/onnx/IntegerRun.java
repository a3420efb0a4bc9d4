package io.mcudeploy.onnx;

import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A network in integers, calibrated on one sample and run on it.
 *
 * @param quantized the network
 * @param fed what the network was fed: the real numbers that its int8 inputs stand for, integers as
 *     they are
 * @param outputs memory images, in the network's order
 */
record IntegerRun(QuantizedGraph quantized, Map<String, Tensor> fed, List<byte[]> outputs) {

  /**
   * Quantizes and runs a network.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException if it cannot be computed in integers
   */
  static IntegerRun of(Network network, Map<String, Tensor> sample) {
    QuantizedGraph quantized =
        network.quantized(
            Optional.of(Samples.of(List.of(sample))),
            RangeMethod.MIN_MAX,
            diagnostic -> {},
            done -> {});
    Map<String, byte[]> images = new LinkedHashMap<>();
    Map<String, Tensor> fed = new LinkedHashMap<>();
    for (String input : quantized.inputs()) {
      Tensor given = sample.get(input);
      QuantizedTensor type = quantized.tensor(input);
      byte[] image = MemoryImage.of(given, type);
      images.put(input, image);
      fed.put(input, given instanceof Tensor.Integers ? given : MemoryImage.real(image, type));
    }
    return new IntegerRun(
        quantized, fed, new GoldenModel(quantized).run(List.copyOf(images.values())));
  }

  QuantizedTensor type(int output) {
    return quantized.tensor(quantized.outputs().get(output));
  }

  /** An output as integers. */
  double[] integers(int output) {
    return MemoryImage.integers(outputs.get(output), type(output).storage());
  }

  /** An output as real numbers. */
  float[] reals(int output) {
    return MemoryImage.real(outputs.get(output), type(output)).values();
  }

  /** Of an output's scale, or of one of 8 bits with the same range. */
  double step(int output) {
    QuantizedTensor type = type(output);
    return type.quantization().scale() * (1 << (8 * (type.storage().bytes() - 1)));
  }

  /** Whether a layer reads or writes bytes. */
  boolean usesInt8() {
    return quantized.layers().stream()
        .flatMap(layer -> Stream.concat(layer.inputs().stream(), layer.outputs().stream()))
        .anyMatch(tensor -> quantized.tensor(tensor).storage() == StorageType.INT8);
  }
}

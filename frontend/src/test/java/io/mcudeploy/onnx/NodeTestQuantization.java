package io.mcudeploy.onnx;

import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a node test comes out in integers, calibrated on its own inputs.
 *
 * @param error the largest difference of the golden model from the expected output beyond what
 *     rounding the inputs explains, in steps of the output's scale; absent if it was not run
 * @param layers how many integer layers the node became
 * @param reason why it was not run; empty if it was
 */
record NodeTestQuantization(Optional<Double> error, int layers, String reason) {

  /** Runs the test with as many variable inputs as can be computed in integers. */
  static NodeTestQuantization of(OnnxNodeTest test, Path folder) {
    NodeTestQuantization result = notRun("it is computed at import");
    for (int count : test.feeds().tailSet(1, true).descendingSet()) {
      result = of(test, folder, count);
      if (result.error.isPresent()) {
        return result;
      }
    }
    return result;
  }

  private static NodeTestQuantization of(OnnxNodeTest test, Path folder, int count) {
    TensorDecoder decoder = new TensorDecoder(folder);
    Map<String, Tensor> sample = test.numbers(count, decoder);
    List<Tensor> expected = test.outputs().stream().map(decoder::decode).toList();
    List<Tensor> all = Stream.concat(sample.values().stream(), expected.stream()).toList();
    if (!all.stream().allMatch(Tensor.Floats.class::isInstance)) {
      return notRun("its inputs or outputs are integers");
    }
    if (!all.stream().allMatch(NodeTestQuantization::isFinite)) {
      return notRun("its numbers are not all finite");
    }
    Network network;
    QuantizedGraph quantized;
    try {
      network =
          Network.read(
              ModelText.write(folder, test.fed(count)), ImportOptions.none(), diagnostic -> {});
      quantized =
          network.quantized(
              Optional.of(Samples.of(List.of(sample))),
              RangeMethod.MIN_MAX,
              diagnostic -> {},
              done -> {});
    } catch (DiagnosticException e) {
      return notRun(e.diagnostic().message());
    }
    Map<String, Tensor> rounded = new LinkedHashMap<>();
    List<byte[]> images = new ArrayList<>();
    for (String input : quantized.inputs()) {
      QuantizedTensor type = quantized.tensor(input);
      byte[] image = MemoryImage.quantized((Tensor.Floats) sample.get(input), type);
      images.add(image);
      rounded.put(input, MemoryImage.real(image, type));
    }
    List<byte[]> actual = new GoldenModel(quantized).run(images);
    List<Tensor> ofRounded = new Interpreter(network.graph()).run(rounded);
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      QuantizedTensor type = quantized.tensor(quantized.outputs().get(i));
      float[] got = MemoryImage.real(actual.get(i), type).values();
      float[] wanted = ((Tensor.Floats) expected.get(i)).values();
      float[] explained = ((Tensor.Floats) ofRounded.get(i)).values();
      for (int k = 0; k < wanted.length; k++) {
        double error = Math.abs((double) got[k] - wanted[k]);
        double ofInputs = Math.abs((double) explained[k] - wanted[k]);
        worst = Math.max(worst, (error - ofInputs) / step(type));
      }
    }
    return new NodeTestQuantization(Optional.of(worst), quantized.layers().size(), "");
  }

  /** Of the output's scale, or of one of 8 bits with the same range. */
  private static double step(QuantizedTensor type) {
    return type.quantization().scale() * (1 << (8 * (type.storage().bytes() - 1)));
  }

  private static boolean isFinite(Tensor tensor) {
    float sum = 0;
    for (float value : ((Tensor.Floats) tensor).values()) {
      sum += value * 0;
    }
    return sum == 0;
  }

  private static NodeTestQuantization notRun(String reason) {
    return new NodeTestQuantization(Optional.empty(), 0, reason);
  }
}

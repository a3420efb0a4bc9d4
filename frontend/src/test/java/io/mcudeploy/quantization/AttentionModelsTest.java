package io.mcudeploy.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tiny transformers that PyTorch wrote: int8 against float, on samples not calibrated on. */
class AttentionModelsTest {
  private static final int SAMPLES = 40;

  /** The least signal-to-quantization-noise ratio of all outputs, in dB; measured, rounded down. */
  @ParameterizedTest
  @CsvSource({"causal, 29.5", "masked, 30"})
  void attentionStaysCloseToFloat(String name, double decibels) {
    Network network = read(name);
    Samples all = Samples.synthetic(network.graph(), 2 * SAMPLES);
    QuantizedGraph quantized = quantized(network, all.first(SAMPLES));
    Interpreter real = new Interpreter(network.graph());
    GoldenModel golden = new GoldenModel(quantized);
    double signal = 0;
    double noise = 0;
    for (int sample = SAMPLES; sample < all.count(); sample++) {
      Map<String, Tensor> inputs = all.sample().apply(sample);
      List<byte[]> images =
          quantized.inputs().stream()
              .map(input -> MemoryImage.of(inputs.get(input), quantized.tensor(input)))
              .toList();
      float[] wanted = ((Tensor.Floats) real.run(inputs).get(0)).values();
      float[] got =
          MemoryImage.real(golden.run(images).get(0), quantized.tensor("scores")).values();
      for (int i = 0; i < wanted.length; i++) {
        signal += (double) wanted[i] * wanted[i];
        noise += (double) (got[i] - wanted[i]) * (got[i] - wanted[i]);
      }
    }
    assertThat(10 * Math.log10(signal / noise)).isGreaterThan(decibels);
  }

  private static QuantizedGraph quantized(Network network, Samples samples) {
    return network.quantized(
        Optional.of(samples), RangeMethod.MIN_MAX, diagnostic -> {}, done -> {});
  }

  private static Network read(String name) {
    return Network.read(
        Path.of("..", "models", "attention", name + ".onnx"),
        ImportOptions.none(),
        diagnostic -> {});
  }
}

package io.mcudeploy.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tiny recurrent networks that PyTorch wrote: int8 against float. */
class RecurrentModelsTest {
  private static final int INFERENCES = 40;

  /** The least signal-to-quantization-noise ratio of all outputs, in dB; measured, rounded down. */
  @ParameterizedTest
  @CsvSource({"lstm, 39", "lstm_both, 34", "gru, 37", "rnn, 32"})
  void wholeSequencesStayCloseToFloat(String name, double decibels) {
    assertThat(signalToNoise(name, false)).isGreaterThan(decibels);
  }

  @ParameterizedTest
  @CsvSource({"lstm_step, 43", "gru_step, 38"})
  void streamsStayCloseToFloat(String name, double decibels) {
    assertThat(signalToNoise(name, true)).isGreaterThan(decibels);
  }

  @Test
  void aStreamGivesWhatTheWholeSequenceGives() {
    List<Map<String, Tensor>> frames = frames(1, 10);
    Interpreter stream = new Interpreter(read("gru_step", true).graph());
    float[] whole = new float[80];
    List<Float> pieces = new ArrayList<>();
    Map<String, Tensor> states = Map.of();
    for (int i = 0; i < 10; i++) {
      float[] frame = ((Tensor.Floats) frames.get(i).get("frames")).values();
      System.arraycopy(frame, 0, whole, 8 * i, 8);
      Map<String, Tensor> values = stream.runAll(frames.get(i), states);
      states = stream.statesAfter(values);
      for (float score : ((Tensor.Floats) values.get("scores")).values()) {
        pieces.add(score);
      }
    }
    Tensor.Floats expected =
        (Tensor.Floats)
            new Interpreter(read("gru", false).graph())
                .run(Map.of("frames", new Tensor.Floats(Shape.of(10, 1, 8), whole)))
                .get(0);

    for (int i = 0; i < pieces.size(); i++) {
      assertThat(pieces.get(i)).isCloseTo(expected.values()[i], offset());
    }
  }

  private static org.assertj.core.data.Offset<Float> offset() {
    return org.assertj.core.data.Offset.offset(1e-5f);
  }

  private static double signalToNoise(String name, boolean stateful) {
    Network network = read(name, stateful);
    int steps = network.graph().inputs().get("frames").shape().extent(0);
    List<Map<String, Tensor>> samples = frames(steps, INFERENCES);
    QuantizedGraph quantized =
        network.quantized(
            Optional.of(Samples.of(samples)), RangeMethod.MIN_MAX, diagnostic -> {}, done -> {});
    Interpreter real = new Interpreter(network.graph());
    GoldenModel golden = new GoldenModel(quantized);
    QuantizedTensor input = quantized.tensor("frames");
    QuantizedTensor output = quantized.tensor("scores");
    Map<String, Tensor> states = Map.of();
    Map<String, byte[]> images = new HashMap<>();
    double signal = 0;
    double noise = 0;
    for (Map<String, Tensor> sample : samples) {
      Map<String, Tensor> expected = real.runAll(sample, states);
      Map<String, byte[]> actual =
          golden.runAll(
              List.of(MemoryImage.quantized((Tensor.Floats) sample.get("frames"), input)), images);
      states = real.statesAfter(expected);
      images = golden.statesAfter(actual);
      float[] wanted = ((Tensor.Floats) expected.get("scores")).values();
      float[] got = MemoryImage.real(actual.get("scores"), output).values();
      for (int i = 0; i < wanted.length; i++) {
        signal += (double) wanted[i] * wanted[i];
        noise += (double) (got[i] - wanted[i]) * (got[i] - wanted[i]);
      }
    }
    return 10 * Math.log10(signal / noise);
  }

  private static Network read(String name, boolean stateful) {
    return Network.read(
        Path.of("..", "models", "recurrent", name + ".onnx"),
        new ImportOptions(Map.of(), List.of(), stateful),
        diagnostic -> {});
  }

  private static List<Map<String, Tensor>> frames(int steps, int count) {
    Random random = new Random(5);
    List<Map<String, Tensor>> samples = new ArrayList<>();
    for (int sample = 0; sample < count; sample++) {
      float[] values = new float[8 * steps];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      samples.add(Map.of("frames", new Tensor.Floats(Shape.of(steps, 1, 8), values)));
    }
    return samples;
  }
}

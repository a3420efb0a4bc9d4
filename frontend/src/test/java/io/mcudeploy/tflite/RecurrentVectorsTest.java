package io.mcudeploy.tflite;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.QuantizedGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TFLite Micro's own int8 networks with variable tensors, one inference after the other without a
 * reset: what its interpreter answered, byte for byte. The LSTM reads the rows of blends of two
 * handwritten digits, the SVDF layers are the first of its keyword spotters.
 */
class RecurrentVectorsTest {
  @ParameterizedTest
  @CsvSource({"trained_lstm_int8, 2", "svdf_int16, 1", "svdf_int8, 1"})
  void everyInferenceIsTfliteMicros(String name, int states) throws IOException {
    Path folder = Path.of("src/test/resources/tflite");
    QuantizedGraph graph =
        Network.read(
                folder.resolve(name + ".tflite"),
                ImportOptions.none(),
                diagnostic -> {
                  throw diagnostic.asException();
                })
            .quantized(
                Optional.empty(),
                RangeMethod.MIN_MAX,
                diagnostic -> {
                  throw diagnostic.asException();
                },
                done -> {});
    List<byte[]> inputs = records(folder.resolve(name + "_inputs.bin"), graph, graph.inputs());
    List<byte[]> answers = records(folder.resolve(name + "_outputs.bin"), graph, graph.outputs());

    List<Map<String, byte[]>> actual =
        new GoldenModel(graph).runSequence(inputs.stream().map(List::of).toList());

    assertThat(graph.states()).hasSize(states);
    assertThat(answers).hasSameSizeAs(inputs);
    for (int i = 0; i < answers.size(); i++) {
      assertThat(actual.get(i).get(graph.outputs().get(0)))
          .as("inference %d", i)
          .isEqualTo(answers.get(i));
    }
  }

  private static List<byte[]> records(Path file, QuantizedGraph graph, List<String> tensor)
      throws IOException {
    int length = graph.tensor(tensor.get(0)).bytes();
    byte[] all = Files.readAllBytes(file);
    List<byte[]> records = new ArrayList<>();
    for (int start = 0; start < all.length; start += length) {
      records.add(Arrays.copyOfRange(all, start, start + length));
    }
    return records;
  }
}

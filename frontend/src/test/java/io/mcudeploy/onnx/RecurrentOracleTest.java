package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** LSTM, GRU and RNN in all their forms against ONNX Runtime, and what carries over a call. */
class RecurrentOracleTest {
  @TempDir Path folder;

  static Stream<OneNodeModel> cases() {
    return Stream.of(
        lstm(1).floats(1, 16, 3).floats(1, 16, 4),
        lstm(3).floats(1, 16, 3).floats(1, 16, 4).floats(1, 32),
        lstm(2).floats(1, 16, 3).floats(1, 16, 4).floats(1, 32).with("direction", "reverse"),
        lstm(2).floats(2, 16, 3).floats(2, 16, 4).floats(2, 32).with("direction", "bidirectional"),
        lstm(2)
            .floats(2, 16, 3)
            .floats(2, 16, 4)
            .floats(2, 32)
            .integers32(5, 5)
            .floats(2, 2, 4)
            .feed(2, 2, 4)
            .with("direction", "bidirectional"),
        lstm(2)
            .floats(1, 16, 3)
            .floats(1, 16, 4)
            .floats(1, 32)
            .skip()
            .floats(1, 2, 4)
            .floats(1, 2, 4)
            .floats(1, 12),
        lstm(1).floats(1, 16, 3).floats(1, 16, 4).with("clip", 0.3f),
        lstm(1).floats(1, 16, 3).floats(1, 16, 4).with("input_forget", 1),
        lstm(1)
            .floats(1, 16, 3)
            .floats(1, 16, 4)
            .withList("activations", "HardSigmoid", "Relu", "Softsign")
            .withList("activation_alpha", 0.3f)
            .withList("activation_beta", 0.4f),
        gru(1).floats(1, 12, 3).floats(1, 12, 4),
        gru(3).floats(1, 12, 3).floats(1, 12, 4).floats(1, 24),
        gru(2).floats(1, 12, 3).floats(1, 12, 4).floats(1, 24).with("linear_before_reset", 1),
        gru(2)
            .floats(2, 12, 3)
            .floats(2, 12, 4)
            .floats(2, 24)
            .skip()
            .floats(2, 2, 4)
            .with("direction", "bidirectional"),
        gru(1).floats(1, 12, 3).floats(1, 12, 4).with("clip", 0.3f),
        gru(1).floats(1, 12, 3).floats(1, 12, 4).withList("activations", "Sigmoid", "Relu"),
        rnn(1).floats(1, 4, 3).floats(1, 4, 4),
        rnn(2).floats(1, 4, 3).floats(1, 4, 4).floats(1, 8).with("direction", "reverse"),
        rnn(1).floats(1, 4, 3).floats(1, 4, 4).withList("activations", "Relu"),
        rnn(2)
            .floats(2, 4, 3)
            .floats(2, 4, 4)
            .floats(2, 8)
            .skip()
            .feed(2, 2, 4)
            .with("direction", "bidirectional"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithOnnxRuntime(OneNodeModel model) throws Exception {
    Graph graph = read(model, false);
    List<Tensor> actual = new Interpreter(graph).run(model.fed());
    try (OnnxRuntime oracle = new OnnxRuntime(model.toBytes())) {
      List<Tensor> expected = oracle.run(model.fed());
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        NumberAssertions.assertClose(actual.get(i), expected.get(i), 1e-4, 1e-5);
      }
    }
  }

  @Test
  void aStatefulLayerGoesOnWhereTheInferenceBeforeEnded() throws Exception {
    OneNodeModel model = lstm(1).floats(1, 16, 3).floats(1, 16, 4).floats(1, 32);
    OneNodeModel fed =
        lstm(1).floats(1, 16, 3).floats(1, 16, 4).floats(1, 32).skip().feed(1, 1, 4).feed(1, 1, 4);
    Interpreter interpreter = new Interpreter(read(model, true));
    Map<String, Tensor> first = interpreter.runAll(model.fed());
    Map<String, Tensor> second = interpreter.runAll(model.fed(), interpreter.statesAfter(first));

    Map<String, Tensor> inputs = new LinkedHashMap<>(fed.fed());
    inputs.put("input5", first.get("output1"));
    inputs.put("input6", first.get("output2"));
    try (OnnxRuntime oracle = new OnnxRuntime(fed.toBytes())) {
      List<Tensor> expected = oracle.run(inputs);
      for (int i = 0; i < expected.size(); i++) {
        NumberAssertions.assertClose(second.get("output" + i), expected.get(i), 1e-4, 1e-5);
      }
    }
  }

  @Test
  void aLayerWithAnInitialStateIsNotMadeStateful() throws IOException {
    OneNodeModel model =
        rnn(2).floats(1, 4, 3).floats(1, 4, 4).skip().skip().feed(1, 2, 4).outputs(2);

    assertThat(read(model, true).states()).isEmpty();
  }

  @Test
  void aBackwardLayerCannotBeStateful() {
    OneNodeModel model = gru(1).floats(1, 12, 3).floats(1, 12, 4).with("direction", "reverse");

    assertThatThrownBy(() -> read(model, true))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("a backward GRU cannot go on");
  }

  @Test
  void shorterSequencesAreRejected() {
    OneNodeModel model = lstm(2).floats(1, 16, 3).floats(1, 16, 4).skip().integers32(5, 4);

    assertThatThrownBy(() -> read(model, false))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("sequences shorter than the 5 steps");
  }

  private Graph read(OneNodeModel model, boolean stateful) throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), model.toBytes());
    return OnnxImporter.read(
        file, new ImportOptions(Map.of(), List.of(), stateful), diagnostic -> {});
  }

  private static OneNodeModel lstm(int batches) {
    return new OneNodeModel("LSTM", 14).with("hidden_size", 4).outputs(3).feed(5, batches, 3);
  }

  private static OneNodeModel gru(int batches) {
    return new OneNodeModel("GRU", 14).with("hidden_size", 4).outputs(2).feed(5, batches, 3);
  }

  private static OneNodeModel rnn(int batches) {
    return new OneNodeModel("RNN", 14).with("hidden_size", 4).outputs(2).feed(5, batches, 3);
  }
}

package io.mcudeploy.tflite;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.SharedData;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The MLPerf Tiny int8 networks give the bytes of TFLite Micro, layer by layer. What these are was
 * recorded from its reference kernels and from CMSIS-NN on three cores, which agree.
 */
class TfliteMicroVectorsTest {
  private static final Pattern OPERATOR = Pattern.compile("\"op\": \"(\\w+)\"");
  private static final Pattern HASHES =
      Pattern.compile("\"layer_fnv1a64\": \\[([^\\]]*)\\]", Pattern.DOTALL);

  @ParameterizedTest
  @CsvSource({"kws, kws_ref_model.tflite", "ic, pretrainedResnet_quant.tflite"})
  void everyLayerOfEveryVectorHasTheSameBytes(String name, String file) throws IOException {
    Path folder = SharedData.path("mlperf-tiny/tflm_vectors");
    String recorded = Files.readString(folder.resolve(name + ".json"));
    QuantizedGraph graph = TfliteFiles.quantized(SharedData.path("mlperf-tiny/" + file));
    List<byte[]> inputs = parts(folder.resolve(name + "_inputs.bin"), graph, graph.inputs());
    List<byte[]> outputs = parts(folder.resolve(name + "_outputs.bin"), graph, graph.outputs());
    List<String> operators = OPERATOR.matcher(recorded).results().map(m -> m.group(1)).toList();
    Matcher hashes = HASHES.matcher(recorded);

    for (int i = 0; i < inputs.size(); i++) {
      Map<String, byte[]> tensors = new GoldenModel(graph).runAll(List.of(inputs.get(i)));
      List<String> ours = new ArrayList<>();
      for (Layer layer : graph.layers()) {
        ours.add(hash(tensors.get(layer.outputs().get(0))));
      }
      assertThat(hashes.find()).isTrue();
      assertThat(ours)
          .as("layers for vector %d", i)
          .isEqualTo(withoutReshapes(operators, hashes.group(1)));
      assertThat(tensors.get(graph.outputs().get(0))).isEqualTo(outputs.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "kws, kws_ref_model.tflite, 1",
    "kws, kws_ref_model.tflite, 5",
    "ic, pretrainedResnet_quant.tflite, 1",
    "ic, pretrainedResnet_quant.tflite, 5"
  })
  void layersEqualTheDumpedOnes(String name, String file, int vector) throws IOException {
    Path folder = SharedData.path("mlperf-tiny/tflm_vectors");
    QuantizedGraph graph = TfliteFiles.quantized(SharedData.path("mlperf-tiny/" + file));
    byte[] input = parts(folder.resolve(name + "_inputs.bin"), graph, graph.inputs()).get(vector);
    Map<String, byte[]> tensors = new GoldenModel(graph).runAll(List.of(input));
    List<String> operators =
        OPERATOR
            .matcher(Files.readString(folder.resolve(name + ".json")))
            .results()
            .map(m -> m.group(1))
            .toList();

    int layer = 0;
    for (int i = 0; i < operators.size(); i++) {
      if (operators.get(i).equals("RESHAPE")) {
        continue;
      }
      byte[] dumped =
          Files.readAllBytes(
              folder.resolve(String.format("layers/%s/in%d_op%02d.bin", name, vector, i)));
      String output = graph.layers().get(layer++).outputs().get(0);
      assertThat(tensors.get(output)).as(output).isEqualTo(dumped);
    }
    assertThat(layer).isEqualTo(graph.layers().size());
  }

  private static List<String> withoutReshapes(List<String> operators, String hashes) {
    List<String> all =
        Arrays.stream(hashes.split(",")).map(h -> h.strip().replace("\"", "")).toList();
    assertThat(all).hasSameSizeAs(operators);
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (!operators.get(i).equals("RESHAPE")) {
        kept.add(all.get(i));
      }
    }
    return kept;
  }

  private static List<byte[]> parts(Path file, QuantizedGraph graph, List<String> tensors)
      throws IOException {
    byte[] all = Files.readAllBytes(file);
    int size = graph.tensor(tensors.get(0)).bytes();
    List<byte[]> parts = new ArrayList<>();
    for (int start = 0; start < all.length; start += size) {
      parts.add(Arrays.copyOfRange(all, start, start + size));
    }
    return parts;
  }

  /** FNV-1a, 64 bits. */
  private static String hash(byte[] bytes) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : bytes) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return String.format("%016x", hash);
  }
}

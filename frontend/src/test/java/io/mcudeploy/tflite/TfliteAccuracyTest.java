package io.mcudeploy.tflite;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.SharedData;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.Normalization;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The MLPerf Tiny networks on the data they are judged by. */
@Tag("long")
class TfliteAccuracyTest {
  private static final int KEYWORD_INPUTS = 1_000;
  private static final int IMAGES = 1_452;

  @Test
  void keywordSpottingKeepsItsAccuracy() throws IOException {
    QuantizedGraph quantized =
        TfliteFiles.quantized(SharedData.path("mlperf-tiny/kws_ref_model.tflite"));

    assertThat(rightKeywords(quantized)).isEqualTo(901);
  }

  @Test
  void imageClassificationKeepsItsAccuracy() {
    Network network = network("pretrainedResnet_quant.tflite");
    QuantizedGraph quantized = TfliteFiles.quantized(network, Optional.empty());

    assertThat(rightImages(network, quantized)).isEqualTo(1_277);
  }

  @Test
  void floatImageClassificationIsQuantizedWithinThreeTenthsOfAPoint() {
    Network network = network("pretrainedResnet.tflite");
    DataSet typical =
        DataFile.samples(
            SharedData.path("cifar10/train_first2000.bin"), input(network), Normalization.NONE);
    Samples samples = Samples.of(network.graph(), typical).first(500);
    QuantizedGraph quantized = TfliteFiles.quantized(network, Optional.of(samples));

    // The float network's result is 87.95 %.
    assertThat((double) rightImages(network, quantized) / IMAGES).isGreaterThan(0.8765);
  }

  /** The bytes of the file, behind its header, are the int8 network's own integers. */
  private static int rightKeywords(QuantizedGraph quantized) throws IOException {
    byte[] all = Files.readAllBytes(SharedData.path("kws01/kws01_x.npy"));
    List<Integer> labels = DataFile.labels(SharedData.path("kws01/kws01_y.npy"));
    GoldenModel golden = new GoldenModel(quantized);
    int size = quantized.tensor(quantized.inputs().get(0)).bytes();
    int header = all.length - KEYWORD_INPUTS * size;
    return (int)
        IntStream.range(0, KEYWORD_INPUTS)
            .parallel()
            .filter(
                i -> {
                  int start = header + i * size;
                  byte[] input = Arrays.copyOfRange(all, start, start + size);
                  return greatest(golden.run(List.of(input)).get(0)) == labels.get(i);
                })
            .count();
  }

  private static int rightImages(Network network, QuantizedGraph quantized) {
    int right = 0;
    for (String file : List.of("test_first1000.bin", "test_other452.bin")) {
      DataSet data =
          DataFile.samples(SharedData.path("cifar10/" + file), input(network), Normalization.NONE);
      right += right(network, quantized, data, DataFile.integers(data.labels().orElseThrow()));
    }
    return right;
  }

  private static int right(
      Network network, QuantizedGraph quantized, DataSet data, List<Integer> labels) {
    GoldenModel golden = new GoldenModel(quantized);
    QuantizedTensor input = quantized.tensor(quantized.inputs().get(0));
    return (int)
        IntStream.range(0, data.size())
            .parallel()
            .filter(
                i -> {
                  byte[] image = MemoryImage.quantized(data.sample(i, input(network)), input);
                  return greatest(golden.run(List.of(image)).get(0)) == labels.get(i);
                })
            .count();
  }

  private static int greatest(byte[] scores) {
    return IntStream.range(0, scores.length)
        .reduce(0, (best, i) -> scores[i] > scores[best] ? i : best);
  }

  private static Shape input(Network network) {
    return network.graph().inputs().values().iterator().next().shape();
  }

  private static Network network(String file) {
    return TfliteFiles.network(SharedData.path("mlperf-tiny/" + file));
  }
}

package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkNetworksTest {
  /** Fewer values say nothing about a grid; so many should have used most of it. */
  private static final int FEW = 64;

  private static final int MANY = 1000;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "autoencoder, 264192",
    "keywords, 2656768",
    "mobilenet, 7489664",
    "resnet, 12501632",
    "streaming, 826368",
    "streaming_columns, 826368"
  })
  void multiplyAsOftenAsTheNetworksOfTheBenchmark(String name, long macs) throws IOException {
    assertThat(quantized(network(name)).macs()).isEqualTo(macs);
  }

  @ParameterizedTest
  @CsvSource({"autoencoder", "keywords", "mobilenet", "resnet", "streaming", "streaming_columns"})
  void answerDifferentInputsDifferently(String name) throws IOException {
    Network network = network(name);
    QuantizedGraph quantized = quantized(network);
    GoldenModel golden = new GoldenModel(quantized);
    Samples samples = Samples.synthetic(network.graph(), 2);
    String input = quantized.inputs().get(0);
    Tensor first = samples.sample().apply(0).get(input);
    Tensor second = samples.sample().apply(1).get(input);

    List<byte[]> one = golden.run(List.of(MemoryImage.of(first, quantized.tensor(input))));
    List<byte[]> other = golden.run(List.of(MemoryImage.of(second, quantized.tensor(input))));

    assertThat(one.get(0)).isNotEqualTo(other.get(0));
  }

  @ParameterizedTest
  @CsvSource({"autoencoder", "keywords", "mobilenet", "resnet", "streaming", "streaming_columns"})
  void everyLayerUsesMostOfItsGrid(String name) throws IOException {
    Network network = network(name);
    QuantizedGraph quantized = quantized(network);
    String input = quantized.inputs().get(0);
    Tensor sample = Samples.synthetic(network.graph(), 1).sample().apply(0).get(input);

    Map<String, byte[]> tensors =
        new GoldenModel(quantized).runAll(List.of(MemoryImage.of(sample, quantized.tensor(input))));

    for (Layer layer : quantized.layers()) {
      boolean linear = layer.operator().macs() > 0;
      byte[] values = tensors.get(layer.outputs().get(0));
      if (linear && values.length >= FEW) {
        assertThat(levels(values)).as(layer.name()).isGreaterThan(values.length < MANY ? 20 : 90);
      }
    }
  }

  private static long levels(byte[] values) {
    return IntStream.range(0, values.length).map(i -> values[i]).distinct().count();
  }

  private static QuantizedGraph quantized(Network network) {
    return network.quantized(
        Optional.empty(),
        RangeMethod.MSE,
        diagnostic -> {
          throw diagnostic.asException();
        },
        done -> {});
  }

  @Test
  void areTheSameBytesEveryTime() {
    Map<String, byte[]> again = BenchmarkNetworks.files();

    assertThat(BenchmarkNetworks.files())
        .allSatisfy((name, file) -> assertThat(again).containsEntry(name, file));
  }

  private Network network(String name) throws IOException {
    Path file = folder.resolve(name + ".tflite");
    Files.write(file, BenchmarkNetworks.files().get(name));
    return Network.read(
        file,
        ImportOptions.none(),
        diagnostic -> {
          throw diagnostic.asException();
        });
  }
}

package io.mcudeploy.qemu;

import io.mcudeploy.qemu.TfliteNetwork.Activation;
import io.mcudeploy.qemu.TfliteNetwork.Value;
import io.mcudeploy.qemu.TfliteNetwork.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Networks with the layers of the MLPerf Tiny benchmark and random weights: what they compute means
 * nothing, what they cost is what the trained ones cost. The same bytes on every machine.
 */
final class BenchmarkNetworks {
  private static final Map<String, Supplier<byte[]>> NETWORKS =
      new TreeMap<>(
          Map.of(
              "autoencoder", BenchmarkNetworks::autoencoder,
              "keywords", BenchmarkNetworks::keywords,
              "mobilenet", BenchmarkNetworks::mobilenet,
              "resnet", BenchmarkNetworks::resnet,
              "streaming", () -> streaming(false),
              "streaming_columns", () -> streaming(true)));

  /** The names of all networks. */
  static final Set<String> NAMES = NETWORKS.keySet();

  private BenchmarkNetworks() {}

  /** The .tflite file of one network. */
  static byte[] file(String name) {
    return NETWORKS.get(name).get();
  }

  /** The .tflite files of all networks by name. */
  static Map<String, byte[]> files() {
    Map<String, byte[]> files = new TreeMap<>();
    NETWORKS.forEach((name, network) -> files.put(name, network.get()));
    return files;
  }

  /**
   * Writes the files into a folder, to try the command line on them: the folder is the argument.
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    for (Map.Entry<String, byte[]> network : files().entrySet()) {
      Files.write(folder.resolve(network.getKey() + ".tflite"), network.getValue());
    }
  }

  /** Detects anomalies in sounds: 10 fully connected layers, 264,192 multiply-accumulates. */
  private static byte[] autoencoder() {
    TfliteNetwork network = new TfliteNetwork(1);
    Value x = network.input(1, 640);
    for (int channels : new int[] {128, 128, 128, 128, 8, 128, 128, 128, 128}) {
      x = network.fullyConnected(x, channels, Activation.RELU);
    }
    return network.file(network.fullyConnected(x, 640, Activation.NONE));
  }

  /** Spots keywords in 49 spectra: depthwise separable, 2,656,768 multiply-accumulates. */
  private static byte[] keywords() {
    TfliteNetwork network = new TfliteNetwork(2);
    Value x =
        network.convolution(
            network.input(1, 49, 10, 1), new Window(10, 4, 2, true), 64, Activation.RELU);
    for (int block = 0; block < 4; block++) {
      x = network.depthwise(x, new Window(3, 3, 1, true), Activation.RELU);
      x = network.pointwise(x, 64, Activation.RELU);
    }
    return network.file(classifier(network, x, 12));
  }

  /**
   * Says whether a person is in an image: MobileNetV1, width 1/4, 7,489,664 multiply-accumulates.
   */
  private static byte[] mobilenet() {
    TfliteNetwork network = new TfliteNetwork(3);
    Value x =
        network.convolution(
            network.input(1, 96, 96, 3), new Window(3, 3, 2, true), 8, Activation.RELU);
    int[][] blocks = {
      {1, 16}, {2, 32}, {1, 32}, {2, 64}, {1, 64}, {2, 128}, {1, 128}, {1, 128}, {1, 128}, {1, 128},
      {1, 128}, {2, 256}, {1, 256}
    };
    for (int[] block : blocks) {
      x = network.depthwise(x, new Window(3, 3, block[0], true), Activation.RELU);
      x = network.pointwise(x, block[1], Activation.RELU);
    }
    return network.file(classifier(network, x, 2));
  }

  /** Classifies small images: ResNet-8, 12,501,632 multiply-accumulates. */
  private static byte[] resnet() {
    TfliteNetwork network = new TfliteNetwork(4);
    Value x =
        network.convolution(
            network.input(1, 32, 32, 3), new Window(3, 3, 1, true), 16, Activation.RELU);
    for (int channels : new int[] {16, 32, 64}) {
      int stride = channels == 16 ? 1 : 2;
      Value y = network.convolution(x, new Window(3, 3, stride, true), channels, Activation.RELU);
      y = network.convolution(y, new Window(3, 3, 1, true), channels, Activation.NONE);
      Value shortcut =
          stride == 1
              ? x
              : network.convolution(x, new Window(1, 1, stride, true), channels, Activation.NONE);
      x = network.add(shortcut, y);
    }
    return network.file(classifier(network, x, 10));
  }

  /**
   * Hears a wake word in a stream of 30 spectra: 1-D separable convolutions over time without
   * padding; 826,368 multiply-accumulates. The converter writes them as windows of one row or, when
   * the network was written with 2-D convolutions, of one column.
   */
  private static byte[] streaming(boolean columns) {
    TfliteNetwork network = new TfliteNetwork(5);
    Value x = columns ? network.input(1, 30, 1, 40) : network.input(1, 1, 30, 40);
    int[][] blocks = {{3, 128}, {5, 128}, {10, 128}, {15, 32}};
    for (int[] block : blocks) {
      Window window =
          columns ? new Window(block[0], 1, 1, false) : new Window(1, block[0], 1, false);
      x = network.depthwise(x, window, Activation.NONE);
      x = network.pointwise(x, block[1], Activation.RELU);
    }
    Value features = network.reshape(x, 1, 32);
    return network.file(network.softmax(network.fullyConnected(features, 3, Activation.NONE)));
  }

  private static Value classifier(TfliteNetwork network, Value x, int classes) {
    Value features = network.average(x);
    return network.softmax(network.fullyConnected(features, classes, Activation.NONE));
  }
}

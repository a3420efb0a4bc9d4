package io.mcudeploy.simplification;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.SharedData;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantization.Quantizer;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.LookupTable;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Window;
import io.mcudeploy.simplification.Simplification.Removal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimplificationTest {
  private static final int SIDE = 6;
  private static final Quantization HALF = new Quantization(0.5, -128);

  /** Layers of random numbers on images of 6×6, in the order of their calls. */
  private static final class Builder {
    private final Random random;
    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();

    Builder(int seed, int channels) {
      random = new Random(seed);
      define("input", channels);
    }

    private void define(String name, int channels) {
      tensors.put(name, new QuantizedTensor(name, Shape.of(SIDE, SIDE, channels), HALF));
    }

    private int channels(String tensor) {
      return tensors.get(tensor).shape().extent(2);
    }

    /** A convolution; of the first outputs so many have no weights and clamp to real 0. */
    String conv(String input, int kernel, int outputs, int constant) {
      return conv(input, kernel, outputs, constant, -1000);
    }

    String conv(String input, int kernel, int outputs, int constant, int bias) {
      int perOutput = kernel * kernel * channels(input);
      byte[] weights = bytes(outputs * perOutput);
      Arrays.fill(weights, 0, constant * perOutput, (byte) 0);
      int[] biases = biases(outputs).toArray();
      Arrays.fill(biases, 0, constant, bias);
      return add(
          "conv",
          new Conv2d(
              window(channels(input), kernel),
              outputs,
              1,
              -128,
              Int8Array.of(weights),
              Int32Array.of(biases),
              stage(outputs, -128)),
          outputs,
          input);
    }

    /** A depthwise convolution; so many of the last channels have no weights. */
    String depthwise(String input, int constant) {
      int channels = channels(input);
      byte[] weights = bytes(9 * channels);
      for (int i = 0; i < weights.length; i++) {
        if (i % channels >= channels - constant) {
          weights[i] = 0;
        }
      }
      return add(
          "depthwise",
          new DepthwiseConv2d(
              window(channels, 3),
              1,
              -128,
              Int8Array.of(weights),
              biases(channels),
              stage(channels, -128)),
          channels,
          input);
    }

    String sum(String left, String right) {
      Shape shape = Shape.of(SIDE * SIDE * channels(left));
      Add add = Add.of(Broadcast.of(shape, shape), false, HALF, HALF, HALF, -128, 127);
      return add("sum", add, channels(left), left, right);
    }

    String pool(String input) {
      int channels = channels(input);
      return add("pool", new MaxPool2d(window(channels, 3), -128, 127), channels, input);
    }

    String table(String input) {
      int elements = tensors.get(input).shape().elements();
      return add(
          "table", new LookupTable(elements, Int8Array.of(bytes(256))), channels(input), input);
    }

    QuantizedGraph classify(String input) {
      int inputs = tensors.get(input).shape().elements();
      FullyConnected classifier =
          new FullyConnected(
              1, inputs, 5, -128, Int8Array.of(bytes(5 * inputs)), biases(5), stage(5, 3));
      layers.add(new Layer("classifier", classifier, List.of(input), List.of("output")));
      tensors.put("output", new QuantizedTensor("output", Shape.of(5), HALF));
      return new QuantizedGraph(
          "network", List.of("input"), List.of("output"), layers, tensors, Map.of());
    }

    private String add(String kind, IntegerOperator operator, int channels, String... inputs) {
      String name = kind + layers.size();
      layers.add(new Layer(name, operator, List.of(inputs), List.of(name)));
      define(name, channels);
      return name;
    }

    private static Window window(int channels, int kernel) {
      int padding = kernel / 2;
      return new Window(
          SIDE, SIDE, channels, SIDE, SIDE, kernel, kernel, 1, 1, 1, 1, padding, padding);
    }

    private Int32Array biases(int count) {
      return Int32Array.of(random.ints(count, -3000, 3000).toArray());
    }

    private byte[] bytes(int count) {
      byte[] bytes = new byte[count];
      random.nextBytes(bytes);
      return bytes;
    }

    private static OutputStage stage(int channels, int zeroPoint) {
      return new OutputStage(
          Collections.nCopies(channels, Multiplier.of(0.004)), zeroPoint, zeroPoint, 127);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void outputsKeepTheirBits(int seed) {
    Random random = new Random(seed);
    Builder builder = new Builder(seed, 3);
    String first = builder.conv("input", 3, 8 + random.nextInt(9), random.nextInt(8));
    String second = builder.depthwise(first, random.nextInt(8));
    String third = builder.conv(second, 1, 16, 0);
    String inner = builder.conv(third, 3, 16, random.nextInt(16), random.nextInt(3000) - 1000);
    String pooled = builder.pool(builder.sum(third, inner));
    QuantizedGraph graph = builder.classify(random.nextBoolean() ? builder.table(pooled) : pooled);

    assertEqualOutputs(graph, Simplification.of(graph).graph(), seed);
  }

  @Test
  void channelsWithoutWeightsAreRemovedFromAllLayersThatShareThem() {
    Builder builder = new Builder(1, 3);
    String first = builder.conv("input", 3, 16, 6);
    String second = builder.depthwise(first, 3);
    builder.conv(second, 1, 12, 4);
    QuantizedGraph graph = builder.classify(builder.pool("conv2"));

    Simplification simplified = Simplification.of(graph);

    // 16 - 9 channels fill two words; of 12, 8 are left.
    assertThat(simplified.removals())
        .extracting(Removal::toString)
        .containsExactly(
            "8 of 16 channels of layer conv0",
            "8 of 16 channels of layer depthwise1",
            "4 of 12 channels of layer conv2",
            "4 of 12 channels of layer pool3");
    assertThat(simplified.graph().macs()).isLessThan(graph.macs() / 2 + graph.macs() / 10);
    assertEqualOutputs(graph, simplified.graph(), 1);
  }

  @Test
  void channelsThatTheClampAlwaysCutsAreRemoved() {
    Builder builder = new Builder(2, 4);
    int outputs = 8;
    int[] biases = new int[outputs];
    // Products of 4 inputs and weights of at most 10 reach 4 * 255 * 10 at most.
    IntStream.range(0, 4).forEach(o -> biases[o] = -11_000);
    byte[] weights = new byte[outputs * 4];
    IntStream.range(0, weights.length).forEach(i -> weights[i] = (byte) (i % 21 - 10));
    builder.add(
        "conv",
        new Conv2d(
            Builder.window(4, 1),
            outputs,
            1,
            -128,
            Int8Array.of(weights),
            Int32Array.of(biases),
            Builder.stage(outputs, -128)),
        outputs,
        "input");
    QuantizedGraph graph = builder.classify("conv0");

    Simplification simplified = Simplification.of(graph);

    assertThat(simplified.removals())
        .extracting(Removal::toString)
        .containsExactly("4 of 8 channels of layer conv0");
    assertEqualOutputs(graph, simplified.graph(), 2);
  }

  @Test
  void constantsThatPaddingInterruptsStay() {
    Builder builder = new Builder(3, 4);
    // The constant is a bias of its own, not the real 0 that padding stands for.
    String first =
        builder.add(
            "conv",
            new Conv2d(
                Builder.window(4, 1),
                8,
                1,
                -128,
                Int8Array.of(new byte[32]),
                Int32Array.of(IntStream.range(0, 8).map(o -> 5000).toArray()),
                Builder.stage(8, -128)),
            8,
            "input");
    QuantizedGraph graph = builder.classify(builder.conv(first, 3, 8, 0));

    Simplification simplified = Simplification.of(graph);

    assertThat(simplified.removals()).isEmpty();
    assertThat(simplified.graph()).isEqualTo(graph);
  }

  @Test
  void channelsThatNoLayerGivesWeightAreRemoved() {
    Builder builder = new Builder(4, 3);
    String first = builder.conv("input", 3, 8, 0);
    byte[] weights = builder.bytes(8 * 8);
    IntStream.range(0, 64).filter(i -> i % 8 < 4).forEach(i -> weights[i] = 0);
    String second =
        builder.add(
            "conv",
            new Conv2d(
                Builder.window(8, 1),
                8,
                1,
                -128,
                Int8Array.of(weights),
                builder.biases(8),
                Builder.stage(8, -128)),
            8,
            first);
    QuantizedGraph graph = builder.classify(second);

    Simplification simplified = Simplification.of(graph);

    assertThat(simplified.removals())
        .extracting(Removal::toString)
        .containsExactly("4 of 8 channels of layer conv0");
    assertEqualOutputs(graph, simplified.graph(), 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mlperf-tiny/kws_ref_model.tflite", "mlperf-tiny/pretrainedResnet_quant.tflite"})
  void realNetworksKeepTheirBits(String file) {
    Network network = Network.read(SharedData.path(file), ImportOptions.none(), diagnostic -> {});
    QuantizedGraph graph = Quantizer.quantize(network.graph(), Ranges.of(Map.of()));

    assertEqualOutputs(graph, Simplification.of(graph).graph(), 1);
  }

  private static void assertEqualOutputs(
      QuantizedGraph original, QuantizedGraph simplified, int seed) {
    Random random = new Random(seed);
    byte[] input = new byte[original.tensor(original.inputs().get(0)).bytes()];
    for (int i = 0; i < 3; i++) {
      random.nextBytes(input);
      assertThat(new GoldenModel(simplified).run(List.of(input)).get(0))
          .isEqualTo(new GoldenModel(original).run(List.of(input)).get(0));
    }
  }
}

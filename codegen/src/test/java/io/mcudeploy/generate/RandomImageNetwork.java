package io.mcudeploy.generate;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.AveragePool2d;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.LookupTable;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Rescale;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Networks for images with everything that runs row by row: convolutions, depthwise and not, with
 * and without padding, strides and dilations, pools, shortcuts, channels side by side, halves of
 * their own; then a layer that needs the whole image.
 */
public final class RandomImageNetwork {
  private static final Quantization QUANTIZATION = new Quantization(0.5, 3);
  private static final int OUTPUTS = 5;

  private final Random random;
  private final Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
  private final List<Layer> layers = new ArrayList<>();

  private RandomImageNetwork(Random random) {
    this.random = random;
  }

  /** A network of so many layers or a few more, the same for the same seed. */
  public static QuantizedGraph of(long seed, int size) {
    RandomImageNetwork network = new RandomImageNetwork(new Random(seed));
    String image = network.define("image", Shape.of(1, 15 + (int) seed % 4, 11, 3));
    String x = network.convolution(image, network.window(image), 4);
    while (network.layers.size() < size) {
      x = network.block(x);
    }
    x = network.fullyConnected(x);
    return new QuantizedGraph(
        "images" + seed, List.of(image), List.of(x), network.layers, network.tensors, Map.of());
  }

  private String block(String x) {
    switch (random.nextInt(7)) {
      case 0 -> {
        return convolution(x, window(x), 3 + random.nextInt(6));
      }
      case 1 -> {
        return depthwise(x, window(x));
      }
      case 2 -> {
        String left = convolution(x, window(x, 3, 1, 1, true), channels(x));
        String right =
            convolution(left, window(left, 3, 1, 1 + random.nextInt(2), true), channels(x));
        return random.nextBoolean() ? sum(right, x) : sum(x, right);
      }
      case 3 -> {
        String left = convolution(x, window(x, 3, 2, 1, true), 4);
        String right = convolution(x, window(x, 1, 2, 1, true), 4);
        return sum(left, right);
      }
      case 4 -> {
        Window window = window(x, 2 + random.nextInt(2), 1 + random.nextInt(2), 1, true);
        boolean largest = random.nextBoolean();
        return add(
            largest ? new MaxPool2d(window, -128, 127) : new AveragePool2d(window, -100, 100),
            shape(window, channels(x)),
            x);
      }
      case 5 -> {
        return tensors.get(x).shape().extent(1) < 8 ? lookUp(x) : halves(x);
      }
      default -> {
        String table = lookUp(x);
        Rescale same = Rescale.of(QUANTIZATION, QUANTIZATION);
        List<Integer> lengths = List.of(channels(x), channels(x));
        Shape shape = tensors.get(x).shape();
        int pixels = shape.extent(1) * shape.extent(2);
        return channels(x) > 6
            ? table
            : add(
                new Concat(pixels, lengths, List.of(same, same)),
                shape.with(3, 2 * channels(x)),
                x,
                table);
      }
    }
  }

  /** The upper and the lower rows on their own, then one above the other again. */
  private String halves(String x) {
    Shape shape = tensors.get(x).shape();
    int upper = shape.extent(1) / 2;
    String top = rows(x, 0, upper);
    String bottom = rows(x, upper, shape.extent(1) - upper);
    top = convolution(top, window(top, 3, 1, 1, true), channels(x));
    bottom = depthwise(bottom, window(bottom, 3, 1, 1, true));
    Rescale same = Rescale.of(QUANTIZATION, QUANTIZATION);
    List<Integer> lengths =
        List.of(tensors.get(top).shape().elements(), tensors.get(bottom).shape().elements());
    return add(new Concat(1, lengths, List.of(same, same)), shape, top, bottom);
  }

  private String rows(String x, int first, int count) {
    Shape shape = tensors.get(x).shape();
    int row = shape.extent(2) * shape.extent(3);
    Shape part = shape.with(1, count);
    return add(
        new Copy(
            StorageType.INT8, shape.elements(), Shape.of(part.elements()), List.of(1), first * row),
        part,
        x);
  }

  /** Any window that an image is large enough for. */
  private Window window(String x) {
    int kernel = 1 + random.nextInt(3);
    return window(x, kernel, 1 + random.nextInt(2), 1 + random.nextInt(2), random.nextBoolean());
  }

  private Window window(String x, int kernel, int stride, int dilation, boolean same) {
    Shape shape = tensors.get(x).shape();
    int reach = (kernel - 1) * dilation + 1;
    boolean padded = same || shape.extent(1) < reach + 3 || shape.extent(2) < reach + 3;
    int step = shape.extent(1) < 6 ? 1 : stride;
    return new Window(
        shape.extent(1),
        shape.extent(2),
        channels(x),
        extent(shape.extent(1), reach, step, padded),
        extent(shape.extent(2), reach, step, padded),
        kernel,
        kernel,
        step,
        step,
        dilation,
        dilation,
        padded ? (reach - 1) / 2 : 0,
        padded ? (reach - 1) / 2 : 0);
  }

  private static int extent(int size, int reach, int stride, boolean padded) {
    return padded ? (size + stride - 1) / stride : (size - reach) / stride + 1;
  }

  private String convolution(String x, Window window, int outputs) {
    int taps = window.kernelHeight() * window.kernelWidth() * window.inputChannels();
    return add(
        new Conv2d(window, outputs, 1, 3, bytes(taps * outputs), bias(outputs), stage(outputs)),
        shape(window, outputs),
        x);
  }

  private String depthwise(String x, Window window) {
    int channels = channels(x);
    int taps = window.kernelHeight() * window.kernelWidth();
    return add(
        new DepthwiseConv2d(window, 1, 3, bytes(taps * channels), bias(channels), stage(channels)),
        shape(window, channels),
        x);
  }

  private String sum(String a, String b) {
    int elements = tensors.get(a).shape().elements();
    Broadcast operands = Broadcast.of(Shape.of(elements), Shape.of(elements));
    return add(
        Add.of(operands, false, QUANTIZATION, QUANTIZATION, QUANTIZATION, -128, 127),
        tensors.get(a).shape(),
        a,
        b);
  }

  private String lookUp(String x) {
    Shape shape = tensors.get(x).shape();
    return add(new LookupTable(shape.elements(), bytes(256)), shape, x);
  }

  private String fullyConnected(String x) {
    int inputs = tensors.get(x).shape().elements();
    return add(
        new FullyConnected(
            1, inputs, OUTPUTS, 3, bytes(inputs * OUTPUTS), bias(OUTPUTS), stage(OUTPUTS)),
        Shape.of(1, OUTPUTS),
        x);
  }

  private String add(IntegerOperator operator, Shape shape, String... inputs) {
    String output = "t" + (layers.size() + 1);
    layers.add(new Layer("layer " + output, operator, List.of(inputs), List.of(output)));
    return define(output, shape);
  }

  private String define(String name, Shape shape) {
    tensors.put(name, new QuantizedTensor(name, shape, StorageType.INT8, QUANTIZATION));
    return name;
  }

  private static Shape shape(Window window, int channels) {
    return Shape.of(1, window.outputHeight(), window.outputWidth(), channels);
  }

  private OutputStage stage(int channels) {
    return new OutputStage(
        random.doubles(channels, 0.003, 0.006).mapToObj(Multiplier::of).toList(), 3, -128, 127);
  }

  private Int32Array bias(int count) {
    return Int32Array.of(random.ints(count, -3000, 3000).toArray());
  }

  private Int8Array bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return Int8Array.of(bytes);
  }

  private int channels(String x) {
    return tensors.get(x).shape().extent(3);
  }
}

package io.mcudeploy.onnx;

import io.mcudeploy.onnx.proto.TensorProto.DataType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A way of writing quantized networks down, and the one network that all of them are asked to
 * write: convolution, depthwise convolution, residual addition, pools, fully connected, softmax.
 */
abstract class Dialect {
  /**
   * The numbers that a tensor can hold, in int8.
   *
   * @param lowest integer
   * @param highest integer
   */
  record Levels(double scale, int zeroPoint, int lowest, int highest) {
    /** All numbers of 8 bits. */
    static Levels of(double scale, int zeroPoint) {
      return new Levels(scale, zeroPoint, -128, 127);
    }

    int bits() {
      return Integer.SIZE - Integer.numberOfLeadingZeros(highest - lowest);
    }
  }

  /** The levels of each tensor of the network, and the bits of its weights. */
  record Widths(
      int weightBits,
      Levels image,
      Levels conv,
      Levels depthwise,
      Levels sum,
      Levels mean,
      Levels dense,
      Levels softmax) {
    static final Widths BYTES =
        new Widths(
            8,
            Levels.of(0x1p-6, -3),
            Levels.of(0x1p-5, -128),
            Levels.of(0x1p-4, -128),
            Levels.of(0x1p-4, -120),
            Levels.of(0x1p-5, -125),
            Levels.of(0x1p-3, 10),
            Levels.of(0x1p-8, -128));

    static final Widths NIBBLES =
        new Widths(
            3,
            new Levels(0x1p-2, 0, -8, 7),
            new Levels(0x1p-1, 0, 0, 15),
            new Levels(0x1p-1, 0, 0, 15),
            new Levels(1, 0, 0, 15),
            new Levels(0x1p-1, 0, 0, 15),
            new Levels(0x1p-1, 0, -8, 7),
            new Levels(0x1p-4, 0, 0, 15));
  }

  /**
   * A tensor of the network.
   *
   * @param name of the value in the file
   * @param real whether the value holds real numbers, else their integers
   */
  record Value(String name, boolean real, Levels levels) {}

  /**
   * Constant weights and biases.
   *
   * @param scales of the weights, one for each output
   * @param bias at the scale of input times weights
   */
  record Weights(List<Integer> integers, List<Long> dims, List<Double> scales, List<Integer> bias) {
    int outputs() {
      return scales.size();
    }

    /** Random weights of up to 127, which each output has. Scales are powers of two, so exact. */
    static Weights of(Random random, int bits, Long... dims) {
      long outputs = dims[0];
      long perOutput = Arrays.stream(dims).skip(1).reduce(1L, (a, b) -> a * b);
      int largest = (1 << (bits - 1)) - 1;
      List<Integer> integers = new ArrayList<>();
      List<Double> scales = new ArrayList<>();
      List<Integer> bias = new ArrayList<>();
      for (int o = 0; o < outputs; o++) {
        integers.add(largest);
        for (int i = 1; i < perOutput; i++) {
          integers.add(random.nextInt(2 * largest + 1) - largest);
        }
        scales.add(Math.scalb(1.0, -bits + 1 - random.nextInt(3)));
        bias.add(random.nextInt(4001) - 2000);
      }
      return new Weights(integers, List.of(dims), scales, bias);
    }
  }

  final GraphWriter graph;
  final DataType element;
  private int serial;

  Dialect(GraphWriter graph, DataType element) {
    this.graph = graph;
    this.element = element;
  }

  /** The file with the network. */
  Path write(Path folder, Widths widths) {
    Random random = new Random(5);
    int bits = widths.weightBits;
    Value image = image(widths.image);
    Value conv = conv("conv", image, Weights.of(random, bits, 8L, 3L, 3L, 3L), 1, widths.conv);
    Value depthwise =
        conv("depthwise", conv, Weights.of(random, bits, 8L, 1L, 3L, 3L), 8, widths.depthwise);
    Value sum = add("sum", conv, depthwise, widths.sum);
    Value pooled = maxPool("pooled", sum);
    Value mean = globalAveragePool("mean", pooled, widths.mean);
    Value dense = dense("dense", mean, Weights.of(random, bits, 5L, 8L), widths.dense);
    return save(folder, softmax("softmax", dense, widths.softmax));
  }

  /** Ends the network with an output, and writes it to a file. */
  Path save(Path folder, Value output) {
    return ModelText.write(folder, graph.model(real(output)));
  }

  /** The network's input, 3 channels of 8×8. */
  abstract Value image(Levels levels);

  /** A 3×3 convolution that keeps the image's extents, and a ReLU. */
  abstract Value conv(String name, Value x, Weights weights, long groups, Levels levels);

  abstract Value add(String name, Value left, Value right, Levels levels);

  /** A 2×2 pool, which keeps the levels of its input. */
  abstract Value maxPool(String name, Value x);

  abstract Value globalAveragePool(String name, Value x, Levels levels);

  /** A fully connected layer on what a global pool leaves. */
  abstract Value dense(String name, Value x, Weights weights, Levels levels);

  abstract Value softmax(String name, Value x, Levels levels);

  /** The real numbers of a tensor, dequantized if the file has its integers only. */
  String real(Value x) {
    return x.real
        ? x.name
        : graph.node("DequantizeLinear", x.name + "_real", quantization(x, x.name));
  }

  /** The integers of a tensor. */
  String integers(Value x) {
    return x.real
        ? graph.node("QuantizeLinear", x.name + "_integers", quantization(x, x.name))
        : x.name;
  }

  /** A value with the scale and zero point of a tensor: three inputs of a node. */
  List<String> quantization(Value x, String value) {
    String scale = graph.real(unique(value + "_scale"), x.levels.scale);
    int zeroPoint = x.levels.zeroPoint + (element == DataType.UINT8 ? 128 : 0);
    String zero = graph.integers(unique(value + "_zero"), element, List.of(zeroPoint), List.of());
    return List.of(value, scale, zero);
  }

  private String unique(String name) {
    serial++;
    return name + serial;
  }

  static List<Long> square(long extent) {
    return List.of(extent, extent);
  }

  static List<Long> padding() {
    return Collections.nCopies(4, 1L);
  }

  static List<Double> reals(Weights weights) {
    int perOutput = weights.integers.size() / weights.outputs();
    return IntStream.range(0, weights.integers.size())
        .mapToObj(i -> weights.integers.get(i) * weights.scales.get(i / perOutput))
        .toList();
  }
}

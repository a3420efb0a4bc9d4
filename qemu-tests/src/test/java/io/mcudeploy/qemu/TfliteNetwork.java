package io.mcudeploy.qemu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * An int8 .tflite network with random weights while it is put together, layer after layer, as the
 * TFLite converter writes it: weights symmetric for each output channel, activations asymmetric.
 * Weights are scaled so that every layer's sums spread over its output's grid: no channel is
 * constant and few values are clipped.
 *
 * <p>Numbers of operators, fields and options are those of TFLite's schema.
 */
final class TfliteNetwork {
  /** Zero point of a grid that begins at real zero. */
  private static final int LOWEST = -128;

  /** Zero point of a grid for both signs; not zero, as in trained networks. */
  private static final int CENTRE = 3;

  /** Standard deviation of a layer's sums, as a real number. */
  private static final double SPREAD = 2;

  /** Standard deviation of the biases, as a real number. */
  private static final double BIAS_SPREAD = 0.5;

  /** Real width of a grid behind a rectifier, and of one for both signs. */
  private static final double RECTIFIED_WIDTH = 6;

  private static final double SIGNED_WIDTH = 12;

  /** Standard deviation of integers spread evenly from -127 to 127. */
  private static final double WEIGHT_SPREAD = 73.3;

  private static final int LARGEST_WEIGHT = 127;

  private static final int INT32 = 2;
  private static final int INT8 = 9;

  private final Random random;
  private final List<FlatTable> tensors = new ArrayList<>();
  private final List<FlatTable> operators = new ArrayList<>();
  private final List<FlatTable> codes = new ArrayList<>();
  private final List<FlatTable> buffers = new ArrayList<>(List.of(new FlatTable()));
  private final List<Integer> inputs = new ArrayList<>();

  TfliteNetwork(long seed) {
    random = new Random(seed);
  }

  /**
   * An activation.
   *
   * @param mean what its real values are on average, {@code deviation} how far they are from that
   */
  record Value(
      int tensor, List<Integer> shape, double scale, int zeroPoint, double mean, double deviation) {
    Value {
      shape = List.copyOf(shape);
    }

    private int channels() {
      return shape.get(shape.size() - 1);
    }
  }

  /**
   * How a window moves over rows and columns.
   *
   * @param same whether the output is as large as the input but for the stride; without padding
   *     otherwise
   */
  record Window(int height, int width, int stride, boolean same) {
    private int padding() {
      return same ? 0 : 1;
    }

    private List<Integer> over(Value input, int channels) {
      List<Integer> shape = input.shape();
      return List.of(1, extent(shape.get(1), height), extent(shape.get(2), width), channels);
    }

    private int extent(int size, int window) {
      return same ? (size + stride - 1) / stride : (size - window) / stride + 1;
    }
  }

  /** A linear layer's activation, and what becomes of sums around zero. */
  enum Activation {
    NONE(0, 0, 1),
    RELU(1, 0.4, 0.58);

    private final byte code;
    private final double mean;
    private final double deviation;

    Activation(int code, double mean, double deviation) {
      this.code = (byte) code;
      this.mean = mean;
      this.deviation = deviation;
    }
  }

  /** The network's input, real numbers from 0 to 1. */
  Value input(Integer... shape) {
    Value input = value("input", List.of(shape), 1.0 / 255, LOWEST, 0.5, 0.29);
    inputs.add(input.tensor());
    return input;
  }

  Value convolution(Value x, Window window, int channels, Activation activation) {
    int taps = window.height() * window.width() * x.channels();
    List<Integer> weights = List.of(channels, window.height(), window.width(), x.channels());
    FlatTable options =
        new FlatTable()
            .with(0, (byte) window.padding())
            .with(1, window.stride())
            .with(2, window.stride())
            .with(3, activation.code);
    return linear(
        x, new Linear(3, 1, options, weights, 0, taps, activation), window.over(x, channels));
  }

  /** A convolution with a window of one pixel. */
  Value pointwise(Value x, int channels, Activation activation) {
    return convolution(x, new Window(1, 1, 1, true), channels, activation);
  }

  Value depthwise(Value x, Window window, Activation activation) {
    List<Integer> weights = List.of(1, window.height(), window.width(), x.channels());
    FlatTable options =
        new FlatTable()
            .with(0, (byte) window.padding())
            .with(1, window.stride())
            .with(2, window.stride())
            .with(3, 1)
            .with(4, activation.code);
    int taps = window.height() * window.width();
    return linear(
        x, new Linear(4, 2, options, weights, 3, taps, activation), window.over(x, x.channels()));
  }

  Value fullyConnected(Value x, int channels, Activation activation) {
    FlatTable options = new FlatTable().with(0, activation.code);
    List<Integer> weights = List.of(channels, x.channels());
    return linear(
        x, new Linear(9, 8, options, weights, 0, x.channels(), activation), List.of(1, channels));
  }

  /** The sum of two equal shapes, rectified. */
  Value add(Value left, Value right) {
    Value sum =
        value(
            "add",
            left.shape(),
            RECTIFIED_WIDTH / 255,
            LOWEST,
            left.mean() + right.mean(),
            Math.max(left.deviation(), right.deviation()));
    FlatTable options = new FlatTable().with(0, Activation.RELU.code);
    operator(0, 11, options, List.of(left.tensor(), right.tensor()), sum);
    return sum;
  }

  /** The mean of all rows and columns, flattened. */
  Value average(Value x) {
    Window all = new Window(x.shape().get(1), x.shape().get(2), 1, false);
    // Values next to each other have much in common: the mean of many still differs.
    Value mean =
        value(
            "average",
            all.over(x, x.channels()),
            x.scale(),
            x.zeroPoint(),
            x.mean(),
            x.deviation() / 4);
    FlatTable options =
        new FlatTable()
            .with(0, (byte) all.padding())
            .with(1, 1)
            .with(2, 1)
            .with(3, all.width())
            .with(4, all.height());
    operator(1, 5, options, List.of(x.tensor()), mean);
    return reshape(mean, 1, x.channels());
  }

  /** The largest values under a window. */
  Value largest(Value x, Window window) {
    Value largest =
        value(
            "largest",
            window.over(x, x.channels()),
            x.scale(),
            x.zeroPoint(),
            x.mean() + x.deviation(),
            x.deviation());
    FlatTable options =
        new FlatTable()
            .with(0, (byte) window.padding())
            .with(1, window.stride())
            .with(2, window.stride())
            .with(3, window.width())
            .with(4, window.height());
    operator(17, 5, options, List.of(x.tensor()), largest);
    return largest;
  }

  /** Activations of one grid side by side. */
  Value concatenation(int axis, Value... parts) {
    Value first = parts[0];
    List<Integer> shape = new ArrayList<>(first.shape());
    shape.set(axis, Stream.of(parts).mapToInt(part -> part.shape().get(axis)).sum());
    Value joined =
        value("joined", shape, first.scale(), first.zeroPoint(), first.mean(), first.deviation());
    List<Integer> tensors = Stream.of(parts).map(Value::tensor).toList();
    operator(2, 10, new FlatTable().with(0, axis), tensors, joined);
    return joined;
  }

  /** A part of an activation. */
  Value slice(Value x, int axis, int start, int extent) {
    List<Integer> starts = new ArrayList<>(Collections.nCopies(x.shape().size(), 0));
    starts.set(axis, start);
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(axis, extent);
    Value part = value("part", shape, x.scale(), x.zeroPoint(), x.mean(), x.deviation());
    int from = constant("starts", INT32, List.of(starts.size()), words(starts));
    int extents = constant("extents", INT32, List.of(shape.size()), words(shape));
    operator(65, 49, new FlatTable(), List.of(x.tensor(), from, extents), part);
    return part;
  }

  Value reshape(Value x, Integer... shape) {
    Value same =
        value("reshape", List.of(shape), x.scale(), x.zeroPoint(), x.mean(), x.deviation());
    int extents = constant("extents", INT32, List.of(shape.length), words(List.of(shape)));
    operator(22, 17, new FlatTable(), List.of(x.tensor(), extents), same);
    return same;
  }

  /** Probabilities, on the grid that TFLite prescribes. */
  Value softmax(Value x) {
    Value shares = value("softmax", x.shape(), 1.0 / 256, LOWEST, 0, 1);
    operator(25, 9, new FlatTable().with(0, 1f), List.of(x.tensor()), shares);
    return shares;
  }

  /** The file of the network with these outputs. */
  byte[] file(Value... outputs) {
    FlatTable graph =
        new FlatTable()
            .with(0, tensors)
            .with(1, inputs)
            .with(2, Stream.of(outputs).map(Value::tensor).toList())
            .with(3, operators)
            .with(4, "main");
    return new FlatTable()
        .with(0, 3)
        .with(1, codes)
        .with(2, List.of(graph))
        .with(3, "random weights")
        .with(4, buffers)
        .file("TFL3");
  }

  /**
   * An operator with weights.
   *
   * @param code the number of the operator, {@code optionsType} that of its options
   * @param weights the shape of the weights, whose channels are at {@code axis}
   * @param taps multiply-accumulate operations of one output value
   */
  private record Linear(
      int code,
      int optionsType,
      FlatTable options,
      List<Integer> weights,
      int axis,
      int taps,
      Activation activation) {}

  private Value linear(Value x, Linear layer, List<Integer> shape) {
    int channels = layer.weights().get(layer.axis());
    double mean = SPREAD / (Math.sqrt(layer.taps()) * WEIGHT_SPREAD * x.deviation());
    List<Double> scales = random.doubles(channels, 0.7 * mean, 1.3 * mean).boxed().toList();
    byte[] values = new byte[channels * layer.taps()];
    double[] sums = new double[channels];
    // The channels of depthwise weights are their last axis, of all others their first.
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (random.nextInt(2 * LARGEST_WEIGHT + 1) - LARGEST_WEIGHT);
      sums[layer.axis() == 0 ? i / layer.taps() : i % channels] += values[i];
    }
    int weights = constant("weights", INT8, layer.weights(), values);
    tensors.get(weights).with(4, grid(scales, 0).with(6, layer.axis()));
    List<Double> biasScales = scales.stream().map(scale -> scale * x.scale()).toList();
    List<Integer> biases = new ArrayList<>();
    for (int channel = 0; channel < channels; channel++) {
      // As in trained networks, sums are about zero for the average input.
      double centre = -sums[channel] * scales.get(channel) * x.mean();
      double real = centre + BIAS_SPREAD * random.nextGaussian();
      biases.add((int) Math.round(real / biasScales.get(channel)));
    }
    int bias = constant("bias", INT32, List.of(channels), words(biases));
    // As converters do, which copy the weights' axis although the bias has only one.
    tensors.get(bias).with(4, grid(biasScales, 0).with(6, layer.axis()));
    Activation activation = layer.activation();
    boolean rectified = activation == Activation.RELU;
    Value result =
        value(
            rectified ? "rectified" : "linear",
            shape,
            (rectified ? RECTIFIED_WIDTH : SIGNED_WIDTH) / 255,
            rectified ? LOWEST : CENTRE,
            activation.mean * SPREAD,
            activation.deviation * SPREAD);
    operator(
        layer.code(),
        layer.optionsType(),
        layer.options(),
        List.of(x.tensor(), weights, bias),
        result);
    return result;
  }

  private void operator(
      int code, int optionsType, FlatTable options, List<Integer> operands, Value result) {
    operators.add(
        new FlatTable()
            .with(0, codes.size())
            .with(1, operands)
            .with(2, List.of(result.tensor()))
            .with(3, (byte) optionsType)
            .with(4, options));
    codes.add(new FlatTable().with(0, (byte) code).with(2, 1).with(3, code));
  }

  private Value value(
      String name,
      List<Integer> shape,
      double scale,
      int zeroPoint,
      double mean,
      double deviation) {
    int tensor = tensor(name, INT8, shape, 0);
    tensors.get(tensor).with(4, grid(List.of(scale), zeroPoint));
    return new Value(tensor, shape, scale, zeroPoint, mean, deviation);
  }

  private static FlatTable grid(List<Double> scales, long zeroPoint) {
    return new FlatTable()
        .with(2, scales.stream().map(Double::floatValue).toList())
        .with(3, Collections.nCopies(scales.size(), zeroPoint));
  }

  private int constant(String name, int type, List<Integer> shape, byte[] data) {
    buffers.add(new FlatTable().with(0, data));
    return tensor(name, type, shape, buffers.size() - 1);
  }

  private int tensor(String name, int type, List<Integer> shape, int buffer) {
    tensors.add(
        new FlatTable()
            .with(0, shape)
            .with(1, (byte) type)
            .with(2, buffer)
            .with(3, name + "_" + tensors.size()));
    return tensors.size() - 1;
  }

  private static byte[] words(List<Integer> values) {
    byte[] bytes = new byte[Integer.BYTES * values.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values.get(i / Integer.BYTES) >> (Byte.SIZE * (i % Integer.BYTES)));
    }
    return bytes;
  }
}

package io.mcudeploy.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.calibration.ActivationScheme;
import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.Range;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.LogSoftmax;
import io.mcudeploy.operators.MatMul;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Resize;
import io.mcudeploy.operators.Rounding;
import io.mcudeploy.operators.Sampling;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.TfliteSampling;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantizerTest {
  private static final Size2d ONE = Size2d.ONE;

  @Test
  void rangesAreWidenedToHoldZeroExactly() {
    assertThat(ActivationScheme.ASYMMETRIC.covering(new Range(-1, 3)))
        .isEqualTo(new Quantization(4.0 / 255, (int) Math.rint(-128 + 255 / 4.0)));
    assertThat(ActivationScheme.ASYMMETRIC.covering(new Range(2, 5)))
        .isEqualTo(new Quantization(5.0 / 255, -128));
    assertThat(ActivationScheme.ASYMMETRIC.covering(new Range(-5, -2)))
        .isEqualTo(new Quantization(5.0 / 255, 127));
    assertThat(ActivationScheme.ASYMMETRIC.covering(Range.ZERO)).isEqualTo(Scales.SYMMETRIC_UNIT);
  }

  @Test
  void aConvolutionWithItsClampIsOneLayer() {
    Net net = new Net(Shape.of(1, 6, 6, 3));
    String y = net.add("conv", conv(1), "x", net.constant(Shape.of(4, 3, 3, 3), 0.4));
    net.add("relu", Unary.RELU, y);

    QuantizedGraph quantized = net.check(0.03);

    assertThat(kinds(quantized)).containsExactly("conv2d");
    assertThat(quantized.layers().get(0).name()).isEqualTo("conv");
    assertThat(quantized.outputs()).containsExactly("relu:0");
    assertThat(quantized.tensor("relu:0").quantization().zeroPoint()).isEqualTo(-128);
  }

  @Test
  void integersOfTheModelFileStayAsTheyAre() {
    long bias = (1L << 27) + 1;
    Net net = new Net(Shape.of(1, 2));
    String x = net.add("grid", onGrid(0.0078125, 0, 0, 255), "x");
    String weights = net.encoded(Shape.of(1, 2), 0.25, -7, 100);
    String dense =
        net.add(
            "dense",
            new FullyConnected(Activation.NONE),
            x,
            weights,
            net.encoded(Shape.of(1), 0.0078125 * 0.25, bias));
    net.add("out", onGrid(2048, 3, -128, 127), dense);

    assertThat(Quantizer.needsCalibration(net.graph())).isFalse();
    QuantizedGraph quantized = Quantizer.quantize(net.graph(), Ranges.of(Map.of()));

    assertThat(kinds(quantized)).containsExactly("fully_connected");
    var layer =
        (io.mcudeploy.quantized.operators.FullyConnected) quantized.layers().get(0).operator();
    assertThat(layer.weights()).isEqualTo(Int8Array.of(new byte[] {-7, 100}));
    assertThat(layer.bias().get(0)).isEqualTo((int) bias);
    assertThat(layer.inputZeroPoint()).isEqualTo(-128);
    assertThat(quantized.tensor("x").quantization()).isEqualTo(new Quantization(0.0078125, -128));
    assertThat(quantized.tensor("out:0").quantization()).isEqualTo(new Quantization(2048, 3));
  }

  @Test
  void aNarrowGridIsAClampOfItsLayer() {
    Net net = new Net(Shape.of(1, 4));
    String x = net.add("grid", onGrid(0.1, 0, -128, 127), "x");
    String dense =
        net.add("dense", new FullyConnected(Activation.NONE), x, net.constant(Shape.of(3, 4), 1));
    net.add("out", onGrid(0.5, 0, -2, 1), dense);

    QuantizedGraph quantized = Quantizer.quantize(net.graph(), Ranges.of(Map.of()));

    var layer =
        (io.mcudeploy.quantized.operators.FullyConnected) quantized.layers().get(0).operator();
    assertThat(layer.output().lowest()).isEqualTo(-2);
    assertThat(layer.output().highest()).isEqualTo(1);
    assertThat(quantized.layers()).hasSize(1);
  }

  @Test
  void floatPartsOfAQuantizedNetworkAreCalibrated() {
    Net net = new Net(Shape.of(1, 4));
    String x = net.add("grid", onGrid(0.02, 5, -128, 127), "x");
    net.add("dense", new FullyConnected(Activation.NONE), x, net.constant(Shape.of(3, 4), 1));

    assertThat(Quantizer.needsCalibration(net.graph())).isTrue();
    assertThat(net.check(0.03).tensor("x").quantization()).isEqualTo(new Quantization(0.02, 5));
  }

  @Test
  void logSoftmaxAndProductsGiveTheGridOfTheModelFile() {
    Net net = new Net(Shape.of(3, 5));
    String x = net.add("grid", onGrid(0.02, 5, -128, 127), "x");
    net.add("logs", onGrid(16.0 / 256, 127, -128, 127), net.add("log", new LogSoftmax(1), x));
    Reduce product = new Reduce(ReduceFunction.PROD, List.of(0), true);
    net.add("products", onGrid(0.25, -9, -128, 127), net.add("product", product, x));

    assertThat(Quantizer.needsCalibration(net.graph())).isFalse();
    QuantizedGraph quantized = net.check(0.03);

    assertThat(kinds(quantized)).containsExactlyInAnyOrder("log_softmax", "reduce_product");
    assertThat(quantized.tensor("logs:0").quantization()).isEqualTo(new Quantization(0.0625, 127));
    assertThat(quantized.tensor("products:0").quantization()).isEqualTo(new Quantization(0.25, -9));
  }

  private static Unary onGrid(double scale, int zeroPoint, int lowest, int highest) {
    return new Unary(
        new UnaryFunction.FakeQuantize(scale, zeroPoint, lowest, highest, Rounding.HALF_EVEN));
  }

  @Test
  void asManyGroupsAsChannelsAreADepthwiseConvolution() {
    Net net = new Net(Shape.of(1, 6, 6, 4));
    net.add(
        "conv",
        conv(4),
        "x",
        net.constant(Shape.of(8, 3, 3, 1), 0.4),
        net.constant(Shape.of(8), 1));

    assertThat(kinds(net.check(0.03))).containsExactly("depthwise_conv2d");
  }

  @Test
  void aFullyConnectedLayerKeepsItsBiasAndRows() {
    Net net = new Net(Shape.of(1, 5, 12));
    net.add(
        "dense",
        new FullyConnected(Activation.NONE),
        "x",
        net.constant(Shape.of(7, 12), 0.5),
        net.constant(Shape.of(7), 2));

    assertThat(kinds(net.check(0.03))).containsExactly("fully_connected");
  }

  @Test
  void aProductWithAConstantMatrixOnEitherSideIsFullyConnected() {
    Net right = new Net(Shape.of(1, 5, 12));
    right.add("product", new MatMul(), "x", right.constant(Shape.of(12, 4), 0.5));
    Net left = new Net(Shape.of(1, 12, 1));
    left.add("product", new MatMul(), left.constant(Shape.of(4, 12), 0.5), "x");

    assertThat(kinds(right.check(0.03))).containsExactly("fully_connected");
    assertThat(kinds(left.check(0.03))).containsExactly("fully_connected");
  }

  @Test
  void aProductOfActivationsRepeatsWhatHasFewerBatches() {
    Net net = new Net(Shape.of(2, 3, 4, 5));
    String moved = net.add("moved", new Transpose(List.of(0, 1, 3, 2)), "x");
    String first =
        net.add("first", new Slice(List.of(0, 0, 0, 0), List.of(1, 3, 5, 4), ones(4)), moved);
    net.add("product", new MatMul(), "x", first);

    assertThat(kinds(net.check(0.04))).containsExactly("copy", "copy", "copy", "matmul");
  }

  @Test
  void normalizationOfAnInnerAxisBecomesADepthwiseConvolution() {
    Net net = new Net(Shape.of(1, 3, 4, 4));
    net.add(
        "norm",
        new BatchNormalization(1, 1e-3),
        "x",
        net.constant(Shape.of(3), 1),
        net.constant(Shape.of(3), 1),
        net.constant(Shape.of(3), 1),
        net.positive(Shape.of(3)));

    assertThat(kinds(net.check(0.03))).containsExactly("copy", "depthwise_conv2d", "copy");
  }

  @Test
  void poolsKeepTheScaleOfTheirInput() {
    Net net = new Net(Shape.of(1, 7, 7, 3));
    Size2d two = new Size2d(2, 2);
    String max = net.add("max", new MaxPool2d(two, two, ONE, new Padding2d(1, 1, 0, 0), true), "x");
    net.add("mean", new AveragePool2d(two, ONE, ONE, new Padding2d(1, 1, 0, 0), false, true), max);

    QuantizedGraph quantized = net.check(0.02);

    assertThat(kinds(quantized)).containsExactly("max_pool2d", "pad", "average_pool2d");
    assertThat(quantized.tensor("max:0").quantization())
        .isEqualTo(quantized.tensor("x").quantization())
        .isEqualTo(quantized.tensor("mean:0").quantization());
  }

  @Test
  void aChainOfScalarFunctionsIsOneTable() {
    Net net = new Net(Shape.of(1, 40));
    String y = net.add("square", new Binary(BinaryFunction.MUL), "x", "x");
    y = net.add("plus", new Binary(BinaryFunction.ADD), y, net.scalar(1));
    y = net.add("root", new Unary(ElementaryFunction.SQRT), y);
    net.add("inverse", new Binary(BinaryFunction.DIV), net.scalar(1), y);

    QuantizedGraph quantized = net.check(0.02);

    assertThat(kinds(quantized)).containsExactly("lookup_table");
    assertThat(quantized.layers().get(0).name()).isEqualTo("square");
  }

  @Test
  void boundedFunctionsHaveFixedScales() {
    Net net = new Net(Shape.of(1, 20));
    net.add("sigmoid", new Unary(ElementaryFunction.SIGMOID), "x");
    net.add("tanh", new Unary(ElementaryFunction.TANH), "x");
    net.add("softmax", new Softmax(1), "x");

    QuantizedGraph quantized = net.check(0.02);

    assertThat(quantized.tensor("sigmoid:0").quantization()).isEqualTo(Scales.UNIT);
    assertThat(quantized.tensor("tanh:0").quantization()).isEqualTo(Scales.SYMMETRIC_UNIT);
    assertThat(quantized.tensor("softmax:0").quantization()).isEqualTo(Scales.UNIT);
  }

  @Test
  void int16ActivationsComeBackToInt8AroundOtherOperators() {
    Net net = new Net(Shape.of(1, 20));
    String sigmoid = net.add("sigmoid", new Unary(ElementaryFunction.SIGMOID), "x");
    String sum = net.add("sum", new Binary(BinaryFunction.ADD), sigmoid, "x");
    String quotient = net.add("quotient", new Binary(BinaryFunction.DIV), sum, sigmoid);
    net.add("softmax", new Softmax(1), quotient);
    Ranges ranges =
        Calibration.observe(net.graph(), net.samples(), done -> {})
            .ranges(RangeMethod.MIN_MAX, ActivationScheme.INT16);

    QuantizedGraph quantized = Quantizer.quantize(net.graph(), ranges);

    assertThat(quantized.tensor("sigmoid:0").quantization()).isEqualTo(Scales.INT16_UNIT);
    assertThat(quantized.tensor("sum:0").storage()).isEqualTo(StorageType.INT16);
    assertThat(quantized.tensor("quotient:0").storage()).isEqualTo(StorageType.INT8);
    assertThat(kinds(quantized)).contains("interpolated_table", "requantize", "int16_softmax");
  }

  @Test
  void arithmeticOfTwoTensorsBroadcasts() {
    Net net = new Net(Shape.of(1, 6, 5));
    String row = net.add("row", new Reduce(ReduceFunction.MAX, List.of(2), true), "x");
    net.add("sum", new Binary(BinaryFunction.ADD), "x", row);
    net.add("difference", new Binary(BinaryFunction.SUB), row, "x");
    net.add("product", new Binary(BinaryFunction.MUL), "x", net.constant(Shape.of(5), 1));
    net.add("quotient", new Binary(BinaryFunction.DIV), "x", net.positive(Shape.of(6, 1)));

    assertThat(kinds(net.check(0.03)))
        .containsExactly("reduce", "add", "add", "multiply", "divide");
  }

  @Test
  void reductionsOfAxesThatAreNotNeighboursMoveThemTogether() {
    Net net = new Net(Shape.of(4, 3, 5));
    net.add("mean", new Reduce(ReduceFunction.MEAN, List.of(0, 2), false), "x");
    net.add("sum", new Reduce(ReduceFunction.SUM, List.of(1), false), "x");
    net.add("length", new Reduce(ReduceFunction.L2, List.of(2), true), "x");

    assertThat(kinds(net.check(0.03))).containsExactly("copy", "reduce", "reduce", "reduce");
  }

  @Test
  void viewsCostNothingAndMovesAreCopies() {
    Net net = new Net(Shape.of(1, 4, 6));
    String y = net.add("view", new Reshape(Shape.of(2, 12)), "x");
    y = net.add("transposed", new Transpose(List.of(1, 0)), y);
    y = net.add("sliced", new Slice(List.of(11, 0), List.of(6, 2), List.of(-2, 1)), y);
    y = net.add("tiled", new Tile(List.of(1, 2)), y);
    y = net.add("expanded", new Expand(Shape.of(3, 6, 4)), y);
    net.add("padded", new Pad(List.of(0, 1, 0), List.of(0, 0, 2), Pad.Mode.CONSTANT, -0.5), y);

    assertThat(kinds(net.check(0.02))).containsExactly("copy", "copy", "copy", "copy", "pad");
  }

  @Test
  void regularRepetitionsAreCopiesAndOtherResizesOneLayer() {
    Net net = new Net(Shape.of(1, 4, 6, 3));
    Sampling same = Sampling.identity(1);
    Sampling channels = Sampling.identity(3);
    net.add("twice", new Resize(List.of(same, doubled(4), doubled(6), channels), 0), "x");
    net.add(
        "nearest",
        new Resize(
            List.of(
                same,
                TfliteSampling.nearest(4, 7, false, false),
                TfliteSampling.nearest(6, 7, false, false),
                channels),
            0),
        "x");
    net.add(
        "bilinear",
        new Resize(
            List.of(
                same,
                TfliteSampling.bilinear(4, 7, false, true),
                TfliteSampling.bilinear(6, 9, false, true),
                channels),
            0),
        "x");

    QuantizedGraph quantized = net.check(0.015);

    assertThat(kinds(quantized)).containsExactly("copy", "resize", "resize");
    assertThat(quantized.tensor("bilinear:0").quantization())
        .isEqualTo(quantized.tensor("x").quantization());
  }

  private static Sampling doubled(int extent) {
    return TfliteSampling.nearest(extent, 2 * extent, false, false);
  }

  @Test
  void axesThatAreNotNeighboursAreResizedOneAfterAnother() {
    Net net = new Net(Shape.of(4, 3, 5));
    Sampling rows = TfliteSampling.bilinear(4, 6, true, false);
    Sampling columns = TfliteSampling.bilinear(5, 9, true, false);
    net.add("both", new Resize(List.of(rows, Sampling.identity(3), columns), 0), "x");

    assertThat(kinds(net.check(0.02))).containsExactly("resize", "resize");
  }

  @Test
  void concatenationBringsItsInputsToOneScale() {
    Net net = new Net(Shape.of(1, 8));
    String small = net.add("small", new Unary(ElementaryFunction.SIGMOID), "x");
    net.add("joined", new Concat(1), "x", small, net.constant(Shape.of(1, 3), 1));

    assertThat(kinds(net.check(0.02))).containsExactly("lookup_table", "concat");
  }

  @Test
  void anOutputThatIsOnlyAViewOfTheInputIsCopied() {
    Net net = new Net(Shape.of(1, 4, 6));
    net.add("view", new Reshape(Shape.of(24)), "x");

    QuantizedGraph quantized = net.check(0.02);

    assertThat(kinds(quantized)).containsExactly("copy");
    assertThat(quantized.tensor(quantized.outputs().get(0)).shape()).isEqualTo(Shape.of(24));
  }

  @Test
  void anOutputThatIsAViewOfALayerKeepsItsNameAndShape() {
    Net net = new Net(Shape.of(1, 24));
    String y = net.add("relu", Unary.RELU, "x");
    net.add("view", new Reshape(Shape.of(4, 6)), y);

    QuantizedGraph quantized = net.check(0.02);

    assertThat(kinds(quantized)).containsExactly("lookup_table");
    assertThat(quantized.outputs()).containsExactly("view:0");
    assertThat(quantized.tensor("view:0").shape()).isEqualTo(Shape.of(4, 6));
  }

  @Test
  void deadChannelsAndDeadInputsAreHarmless() {
    Net net = new Net(Shape.of(1, 6));
    String dead = net.add("dead", new Binary(BinaryFunction.MUL), "x", net.scalar(0));
    String weights = net.constants(Shape.of(2, 6), new float[12]);
    String bias = net.constants(Shape.of(2), new float[] {0, 3});
    net.add("zero", new FullyConnected(Activation.NONE), "x", weights, bias);
    net.add(
        "still",
        new FullyConnected(Activation.NONE),
        dead,
        net.constant(Shape.of(3, 6), 1),
        net.constant(Shape.of(3), 1));
    net.add(
        "silent",
        new FullyConnected(new Activation(-1e-30, 1e-30)),
        "x",
        net.constant(Shape.of(3, 6), 1));

    assertThat(net.check(0.04).layers()).hasSize(4);
  }

  @Test
  void anOperatorWithoutIntegerArithmeticIsNamed() {
    Net net = new Net(Shape.of(1, 6));
    net.add("power", new Binary(BinaryFunction.POW), "x", net.constant(Shape.of(6), 1));

    assertThatThrownBy(net::quantize)
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("E0304")
        .hasMessageContaining("`power` (Pow)");
  }

  @Test
  void aSumThatCouldOverflowIsNamed() {
    int inputs = 200_000;
    Net net = new Net(Shape.of(1, inputs));
    float[] ones = new float[inputs];
    Arrays.fill(ones, 1);
    net.add(
        "huge", new FullyConnected(Activation.NONE), "x", net.constants(Shape.of(1, inputs), ones));

    assertThatThrownBy(net::quantize)
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("E0303")
        .hasMessageContaining("`huge`");
  }

  private static Conv2d conv(int groups) {
    return new Conv2d(new Size2d(2, 2), ONE, new Padding2d(1, 1, 1, 1), groups, Activation.NONE);
  }

  private static List<Integer> ones(int count) {
    return Collections.nCopies(count, 1);
  }

  private static List<String> kinds(QuantizedGraph graph) {
    return graph.layers().stream().map(layer -> layer.operator().kind()).toList();
  }

  /** A network with the input x, whose unused values are its outputs. */
  private static final class Net {
    private final Random random = new Random(11);
    private final Shape input;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Tensor> constants = new LinkedHashMap<>();

    Net(Shape input) {
      this.input = input;
    }

    String add(String name, Operator operator, String... inputs) {
      nodes.add(new Node(name, operator, List.of(inputs), List.of(name + ":0")));
      return name + ":0";
    }

    String constant(Shape shape, double deviation) {
      float[] values = new float[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (deviation * random.nextGaussian());
      }
      return constants(shape, values);
    }

    /** A constant that the model file stores as integers. */
    String encoded(Shape shape, double scale, long... integers) {
      String name = "c" + constants.size();
      Tensor.Integers tensor = new Tensor.Integers(ElementType.INT32, shape, integers);
      constants.put(name, new Encoding(tensor, Grid.perTensor(scale, 0)).decode());
      return name;
    }

    String positive(Shape shape) {
      float[] values = new float[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = 0.5f + random.nextFloat();
      }
      return constants(shape, values);
    }

    String scalar(float value) {
      return constants(Shape.of(), new float[] {value});
    }

    String constants(Shape shape, float[] values) {
      String name = "c" + constants.size();
      constants.put(name, new Tensor.Floats(shape, values));
      return name;
    }

    Graph graph() {
      List<String> outputs = new ArrayList<>();
      for (Node node : nodes) {
        boolean used = nodes.stream().anyMatch(other -> other.inputs().contains(node.output()));
        if (!used) {
          outputs.add(node.output());
        }
      }
      return Graph.of("net", Map.of("x", TensorType.floats(input)), outputs, nodes, constants);
    }

    Samples samples() {
      return Samples.synthetic(graph(), 4);
    }

    QuantizedGraph quantize() {
      Ranges ranges = Calibration.of(graph(), samples(), RangeMethod.MIN_MAX, done -> {});
      return Quantizer.quantize(graph(), ranges);
    }

    /** Quantizes, and holds every output against float, within a share of its largest value. */
    QuantizedGraph check(double tolerance) {
      QuantizedGraph quantized = quantize();
      Graph graph = graph();
      for (int i = 0; i < samples().count(); i++) {
        Map<String, Tensor> sample = samples().sample().apply(i);
        byte[] image =
            MemoryImage.quantized((Tensor.Floats) sample.get("x"), quantized.tensor("x"));
        List<Tensor> expected = new Interpreter(graph).run(sample);
        List<byte[]> actual = new GoldenModel(quantized).run(List.of(image));
        for (int k = 0; k < expected.size(); k++) {
          float[] wanted = ((Tensor.Floats) expected.get(k)).values();
          float[] got =
              MemoryImage.real(actual.get(k), quantized.tensor(quantized.outputs().get(k)))
                  .values();
          double largest = 1e-2;
          for (float value : wanted) {
            largest = Math.max(largest, Math.abs(value));
          }
          assertThat(got).hasSameSizeAs(wanted);
          for (int e = 0; e < wanted.length; e++) {
            assertThat(Math.abs(got[e] - wanted[e]) / largest)
                .as("%s[%d]", graph.outputs().get(k), e)
                .isLessThan(tolerance);
          }
        }
      }
      return quantized;
    }
  }
}

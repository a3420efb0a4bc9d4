package io.mcudeploy.passes;

import static io.mcudeploy.passes.GraphText.fires;
import static io.mcudeploy.passes.GraphText.kinds;
import static io.mcudeploy.passes.GraphText.leaves;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.MatMul;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.operators.Normalization;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that fold into layers, and those that recognise operators, each alone. */
class LayerRulesTest {
  private static final Padding2d ONE = new Padding2d(1, 1, 1, 1);
  private final GraphText text = new GraphText();

  private static Conv2d conv(Padding2d padding, int groups) {
    return new Conv2d(Size2d.ONE, Size2d.ONE, padding, groups, Activation.NONE);
  }

  private static Binary binary(BinaryFunction function) {
    return new Binary(function);
  }

  private String batchNormalization(String name, String input, int channels) {
    return text.node(
        name,
        new BatchNormalization(3, 1e-3),
        input,
        text.weights(channels),
        text.weights(channels),
        text.weights(channels),
        text.weights(channels));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void batchNormalizationFoldsIntoTheConvolutionBeforeIt(int groups) {
    String x = text.input("x", 1, 5, 5, 4);
    String c = text.node("conv", conv(ONE, groups), x, text.weights(8, 3, 3, 4 / groups));
    batchNormalization("y", c, 8);
    Graph after = fires(new AffineAfterLayer(), text.graph("y"));
    assertThat(kinds(after)).containsExactly("Conv2d");
    assertThat(after.nodes().get(0).name()).isEqualTo("conv");
    assertThat(after.constants()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = BinaryFunction.class,
      names = {"ADD", "SUB", "MUL", "DIV"})
  void constantsFoldIntoTheLayerBeforeThem(BinaryFunction function) {
    String x = text.input("x", 1, 6);
    String layer =
        text.node(
            "fc", new FullyConnected(Activation.NONE), x, text.weights(3, 6), text.weights(3));
    String right = text.node("r", binary(function), layer, text.weights(1, 3));
    text.node("y", binary(function), right, text.weights());
    assertThat(kinds(fires(new AffineAfterLayer(), text.graph("y"))))
        .containsExactly("FullyConnected");
  }

  @Test
  void constantsOnTheLeftFoldToo() {
    String x = text.input("x", 1, 6);
    String layer = text.node("fc", new FullyConnected(Activation.NONE), x, text.weights(3, 6));
    text.node("y", binary(BinaryFunction.SUB), text.weights(3), layer);
    assertThat(kinds(fires(new AffineAfterLayer(), text.graph("y"))))
        .containsExactly("FullyConnected");
  }

  @Test
  void nothingFoldsIntoALayerThatOthersUseOrThatClamps() {
    String x = text.input("x", 1, 6);
    String w = text.weights(3, 6);
    String shared = text.node("shared", new FullyConnected(Activation.NONE), x, w);
    String clamped = text.node("clamped", new FullyConnected(Activation.RELU), x, w);
    text.node("a", binary(BinaryFunction.MUL), shared, text.weights(3));
    text.node("b", binary(BinaryFunction.MUL), clamped, text.weights(3));
    text.node("c", binary(BinaryFunction.DIV), text.weights(3), shared);
    leaves(new AffineAfterLayer(), text.graph("a", "b", "c", "shared"));
  }

  @Test
  void constantsThatDifferFromPixelToPixelStay() {
    String x = text.input("x", 1, 5, 5, 4);
    String c = text.node("conv", conv(ONE, 1), x, text.weights(8, 3, 3, 4));
    text.node("y", binary(BinaryFunction.ADD), c, text.weights(1, 1, 5, 8));
    leaves(new AffineAfterLayer(), text.graph("y"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void batchNormalizationFoldsIntoTheConvolutionAfterIt(int groups) {
    String bn = batchNormalization("bn", text.input("x", 1, 5, 5, 4), 4);
    text.node("y", conv(Padding2d.NONE, groups), bn, text.weights(8, 3, 3, 4 / groups));
    assertThat(kinds(fires(new AffineBeforeLayer(), text.graph("y")))).containsExactly("Conv2d");
  }

  @Test
  void onlyScalesFoldIntoAConvolutionThatPads() {
    String x = text.input("x", 1, 5, 5, 4);
    String scaled = text.node("scaled", binary(BinaryFunction.MUL), x, text.weights(4));
    text.node("y", conv(ONE, 1), scaled, text.weights(8, 3, 3, 4));
    assertThat(kinds(fires(new AffineBeforeLayer(), text.graph("y")))).containsExactly("Conv2d");

    GraphText shifted = new GraphText();
    String sum =
        shifted.node(
            "sum", binary(BinaryFunction.ADD), shifted.input("x", 1, 5, 5, 4), shifted.weights(4));
    shifted.node("y", conv(ONE, 1), sum, shifted.weights(8, 3, 3, 4));
    leaves(new AffineBeforeLayer(), shifted.graph("y"));
  }

  @Test
  void productsWithAConstantMatrixAreLayers() {
    text.node("y", new MatMul(), text.input("x", 2, 3, 6), text.weights(6, 4));
    assertThat(kinds(fires(new ConstantMatMulToFullyConnected(), text.graph("y"))))
        .containsExactly("FullyConnected");
  }

  @Test
  void otherProductsStay() {
    text.node("a", new MatMul(), text.input("x", 2, 3, 6), text.weights(2, 6, 4));
    text.node("b", new MatMul(), text.weights(4, 6), text.input("w", 6, 3));
    leaves(new ConstantMatMulToFullyConnected(), text.graph("a", "b"));
  }

  @Test
  void clampsFuseIntoTheLayerBeforeThem() {
    String x = text.input("x", 1, 5, 5, 4);
    String c = text.node("conv", conv(ONE, 1), x, text.weights(8, 3, 3, 4));
    String relu = text.node("relu", Unary.RELU, c);
    text.node("y", new Unary(new UnaryFunction.Clamp(new Activation(-1, 6))), relu);
    Graph after = fires(new ActivationFusion(), text.graph("y"));
    assertThat(kinds(after)).containsExactly("Conv2d");
    assertThat(((Conv2d) after.nodes().get(0).operator()).activation())
        .isEqualTo(new Activation(0, 6));
  }

  @Test
  void clampsStayBehindALayerThatOthersUse() {
    String x = text.input("x", 1, 5, 5, 4);
    String c = text.node("conv", conv(ONE, 1), x, text.weights(8, 3, 3, 4));
    text.node("y", Unary.RELU, c);
    leaves(new ActivationFusion(), text.graph("y", "conv"));
  }

  @Test
  void limitsAreClampsAndClampsMerge() {
    String x = text.input("x", 2, 3);
    String low = text.node("low", binary(BinaryFunction.MAX), x, text.uniform(-0.5f, 3));
    text.node("y", binary(BinaryFunction.MIN), text.uniform(0.25f), low);
    Graph clamps = fires(new LimitToClamp(), text.graph("y"));
    assertThat(kinds(clamps)).containsExactly("Clip", "Clip");
    assertThat(kinds(fires(new MergeClamps(), clamps))).containsExactly("Clip");
    leaves(new MergeClamps(), text.graph("low"));
  }

  @Test
  void limitsThatDifferStay() {
    String x = text.input("x", 3);
    text.node("a", binary(BinaryFunction.MAX), x, text.weights(3));
    text.node("b", binary(BinaryFunction.MAX), x, text.uniform(0, 2, 3));
    leaves(new LimitToClamp(), text.graph("a", "b"));
  }

  @Test
  void clampsMoveAboveAPool() {
    Size2d two = new Size2d(2, 2);
    MaxPool2d pool = new MaxPool2d(two, two, Size2d.ONE, Padding2d.NONE, false);
    text.node("y", Unary.RELU, text.node("pool", pool, text.input("x", 1, 6, 6, 3)));
    assertThat(kinds(fires(new ClampBeforeMaxPool(), text.graph("y"))))
        .containsExactly("Relu", "MaxPool2d");
    leaves(new ClampBeforeMaxPool(), text.graph("y", "pool"));
  }

  private static Pad pad(double value) {
    return new Pad(List.of(0, 1, 1, 0), List.of(0, 1, 0, 0), Pad.Mode.CONSTANT, value);
  }

  @Test
  void zerosAroundAnImageFuseIntoConvolutionsAndPools() {
    Size2d three = new Size2d(3, 3);
    String x = text.input("x", 1, 6, 6, 3);
    String relu = text.node("relu", Unary.RELU, x);
    text.node("a", conv(ONE, 1), text.node("pa", pad(0), x), text.weights(2, 3, 3, 3));
    text.node(
        "b",
        new MaxPool2d(three, Size2d.ONE, Size2d.ONE, Padding2d.NONE, false),
        text.node("pb", pad(0), relu));
    text.node(
        "c",
        new AveragePool2d(three, Size2d.ONE, Size2d.ONE, Padding2d.NONE, false, false),
        text.node("pc", pad(0), x));
    assertThat(kinds(fires(new PaddingFusion(), text.graph("a", "b", "c"))))
        .containsExactly("Relu", "Conv2d", "MaxPool2d", "AveragePool2d");
  }

  @Test
  void paddingThatMattersStays() {
    Size2d three = new Size2d(3, 3);
    Size2d one = Size2d.ONE;
    String x = text.input("x", 1, 6, 6, 3);
    String relu = text.node("relu", Unary.RELU, x);
    String ones = text.node("ones", pad(1), x);
    text.node("a", conv(ONE, 1), ones, text.weights(2, 3, 3, 3));
    text.node(
        "b", new MaxPool2d(three, one, one, Padding2d.NONE, false), text.node("zeros", pad(0), x));
    text.node(
        "c", new MaxPool2d(one, one, one, Padding2d.NONE, false), text.node("p", pad(0), relu));
    leaves(new PaddingFusion(), text.graph("a", "b", "c"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writtenOutSoftmaxIsRecognised(boolean shifted) {
    String x = text.input("x", 2, 5, 3);
    String from = x;
    if (shifted) {
      String max = text.node("max", new Reduce(ReduceFunction.MAX, List.of(1), true), x);
      from = text.node("sub", binary(BinaryFunction.SUB), x, max);
    }
    String exp = text.node("exp", new Unary(ElementaryFunction.EXP), from);
    String sum = text.node("sum", new Reduce(ReduceFunction.SUM, List.of(1), true), exp);
    text.node("y", binary(BinaryFunction.DIV), exp, sum);
    assertThat(kinds(fires(new DecomposedSoftmax(), text.graph("y")))).containsExactly("Softmax");
  }

  @Test
  void quotientsThatAreNoSoftmaxStay() {
    String x = text.input("x", 2, 5, 3);
    String exp = text.node("exp", new Unary(ElementaryFunction.EXP), x);
    String mean = text.node("mean", new Reduce(ReduceFunction.MEAN, List.of(1), true), exp);
    String sum = text.node("sum", new Reduce(ReduceFunction.SUM, List.of(1), true), x);
    text.node("a", binary(BinaryFunction.DIV), exp, mean);
    text.node("b", binary(BinaryFunction.DIV), exp, sum);
    leaves(new DecomposedSoftmax(), text.graph("a", "b"));
  }

  private String writtenOutNormalization(int meanAxis, boolean power) {
    String x = text.input("x", 2, 5, 3);
    String mean = text.node("mean", new Reduce(ReduceFunction.MEAN, List.of(meanAxis), true), x);
    String shifted = text.node("shifted", binary(BinaryFunction.SUB), x, mean);
    String squared =
        power
            ? text.node("squared", binary(BinaryFunction.POW), shifted, text.uniform(2))
            : text.node("squared", binary(BinaryFunction.MUL), shifted, shifted);
    String variance =
        text.node("variance", new Reduce(ReduceFunction.MEAN, List.of(2), true), squared);
    String stable = text.node("stable", binary(BinaryFunction.ADD), variance, text.uniform(1e-5f));
    String deviation = text.node("deviation", new Unary(ElementaryFunction.SQRT), stable);
    return text.node("y", binary(BinaryFunction.DIV), shifted, deviation);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writtenOutNormalizationIsRecognised(boolean power) {
    writtenOutNormalization(2, power);
    assertThat(kinds(fires(new DecomposedNormalization(), text.graph("y"))))
        .containsExactly("MeanVarianceNormalization");
  }

  @Test
  void deviationsFromTheMeanOfAnotherAxisAreNoNormalization() {
    writtenOutNormalization(1, true);
    leaves(new DecomposedNormalization(), text.graph("y"));
  }

  @Test
  void normalizationsTakeInScaleAndBias() {
    Normalization normalization =
        new Normalization(Normalization.Measure.DEVIATION, List.of(2), 1e-5);
    String normalized = text.node("normalized", normalization, text.input("x", 2, 5, 3));
    String scaled = text.node("scaled", binary(BinaryFunction.MUL), normalized, text.weights(3));
    text.node("y", binary(BinaryFunction.ADD), text.weights(5, 1), scaled);
    Graph after = fires(new ScaleIntoNormalization(), text.graph("y"));
    assertThat(kinds(after)).containsExactly("MeanVarianceNormalization");
    assertThat(after.nodes().get(0).inputs()).hasSize(3);
  }

  @Test
  void scalesThatAddAxesStayOutsideTheNormalization() {
    Normalization normalization =
        new Normalization(Normalization.Measure.DEVIATION, List.of(1), 1e-5);
    String normalized = text.node("normalized", normalization, text.input("x", 1, 3));
    text.node("y", binary(BinaryFunction.MUL), normalized, text.weights(4, 3));
    leaves(new ScaleIntoNormalization(), text.graph("y"));
  }

  @Test
  void poolsOfTheWholeImageAreMeans() {
    Size2d whole = new Size2d(4, 5);
    text.node(
        "y",
        new AveragePool2d(whole, whole, Size2d.ONE, Padding2d.NONE, false, false),
        text.input("x", 1, 4, 5, 3));
    assertThat(kinds(fires(new GlobalAveragePool(), text.graph("y"))))
        .containsExactly("ReduceMean");
  }

  @Test
  void poolsOfPartsStay() {
    text.node(
        "y",
        new AveragePool2d(new Size2d(4, 4), Size2d.ONE, Size2d.ONE, Padding2d.NONE, false, false),
        text.input("x", 1, 4, 5, 3));
    leaves(new GlobalAveragePool(), text.graph("y"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void parallelConvolutionsOfViewsBecomeOne(int axis) {
    String x = text.input("x", 1, 5, 5, 2);
    List<String> branches = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String c = text.node("conv" + i, conv(ONE, 1), x, text.weights(4, 3, 3, 2), text.weights(4));
      String t = text.node("t" + i, Transpose.NHWC_TO_NCHW, c);
      branches.add(text.node("r" + i, new Reshape(io.mcudeploy.ir.Shape.of(1, 100, 1)), t));
    }
    text.node("y", new Concat(axis), branches.toArray(String[]::new));
    Graph after = fires(new ParallelConvolutions(), text.graph("y"));
    assertThat(kinds(after)).containsOnlyOnce("Conv2d").doesNotContain("Concat");
  }

  @Test
  void parallelConvolutionsJoinedAsChannelsNeedNoTranspose() {
    String x = text.input("x", 1, 5, 5, 2);
    String a = text.node("a", conv(ONE, 1), x, text.weights(4, 3, 3, 2));
    String b = text.node("b", conv(ONE, 1), x, text.weights(4, 3, 3, 2));
    text.node("y", new Concat(3), a, b);
    Graph after = Passes.simplify(text.graph("y"));
    GraphText.assertComputesTheSame(text.graph("y"), after);
    assertThat(kinds(after)).containsExactly("Conv2d");
  }

  @Test
  void convolutionsThatDifferStayApart() {
    String x = text.input("x", 1, 5, 5, 2);
    String a = text.node("a", conv(ONE, 1), x, text.weights(4, 3, 3, 2));
    String b = text.node("b", conv(Padding2d.NONE, 1), x, text.weights(4, 1, 1, 2));
    text.node("y", new Concat(3), a, b);
    leaves(new ParallelConvolutions(), text.graph("y"));
  }
}

package io.mcudeploy.passes;

import static io.mcudeploy.passes.GraphText.fires;
import static io.mcudeploy.passes.GraphText.kinds;
import static io.mcudeploy.passes.GraphText.leaves;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.ArgMax;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.LogSoftmax;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Squash;
import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that move transposes and reshapes, each alone. */
class TransposeRulesTest {
  private static final Transpose TO_NCHW = Transpose.NHWC_TO_NCHW;
  private static final Transpose TO_NHWC = Transpose.NCHW_TO_NHWC;
  private final GraphText text = new GraphText();

  private static Reshape reshape(int... extents) {
    return new Reshape(Shape.of(extents));
  }

  static Stream<Operator> operatorsOfAnyLayout() {
    return Stream.of(
        Unary.RELU,
        new Softmax(1),
        new LogSoftmax(3),
        new ArgMax(1, false),
        new Gather(1, List.of(2, 0)),
        new Slice(List.of(0, 1, 0, 2), List.of(1, 2, 3, 1), List.of(1, 1, 1, 1)),
        new Tile(List.of(1, 2, 1, 3)),
        new Pad(List.of(0, 1, 2, 3), List.of(0, 0, 1, 0), Pad.Mode.CONSTANT, 0.25),
        new Reduce(ReduceFunction.MEAN, List.of(2, 3), true),
        new Reduce(ReduceFunction.MAX, List.of(1), false),
        new Squash(1, new SquashFunction(SquashFunction.Kind.HINTON, 1e-7)));
  }

  @ParameterizedTest
  @MethodSource("operatorsOfAnyLayout")
  void transposesSinkBelowOperatorsOfAnyLayout(Operator operator) {
    String x = text.input("x", 1, 3, 4, 3);
    text.node("y", operator, text.node("t", TO_NCHW, x));
    Graph after = fires(new SinkTranspose(), text.graph("y"));
    assertThat(kinds(after)).containsExactly(operator.kind(), "Transpose");
    assertThat(after.nodes().get(0).name()).isEqualTo("y");
  }

  @Test
  void transposesSinkBelowBatchNormalization() {
    String t = text.node("t", TO_NCHW, text.input("x", 1, 4, 5, 3));
    String[] operands = {t, text.weights(3), text.weights(3), text.weights(3), text.weights(3)};
    text.node("y", new BatchNormalization(1, 1e-5), operands);
    assertThat(kinds(fires(new SinkTranspose(), text.graph("y"))))
        .containsExactly("BatchNormalization", "Transpose");
  }

  @Test
  void transposesSinkBelowOperatorsOfSeveralOperands() {
    String left = text.node("l", TO_NCHW, text.input("x", 1, 4, 5, 3));
    String right = text.node("r", TO_NCHW, text.input("w", 1, 4, 5, 3));
    String gate = text.input("gate", 1, 3, 1, 1);
    String sum = text.node("sum", new Binary(BinaryFunction.ADD), left, right);
    String biased = text.node("biased", new Binary(BinaryFunction.ADD), sum, text.weights(3, 1, 1));
    String gated = text.node("gated", new Binary(BinaryFunction.MUL), gate, biased);
    text.node("y", new Concat(1), gated, left, text.weights(1, 2, 4, 5));
    assertThat(kinds(fires(new SinkTranspose(), text.graph("y"))))
        .containsExactly("Add", "Add", "Reshape", "Mul", "Concat", "Transpose");
  }

  @Test
  void transposesStayAboveOperandsInAnotherLayout() {
    String left = text.node("l", TO_NCHW, text.input("x", 1, 4, 5, 3));
    text.node("y", new Binary(BinaryFunction.ADD), left, text.input("w", 1, 3, 4, 5));
    leaves(new SinkTranspose(), text.graph("y"));
  }

  @Test
  void transposesStayAboveLayersOfTheAxisTheyMove() {
    String t = text.node("t", TO_NCHW, text.input("x", 1, 4, 5, 3));
    text.node("y", new FullyConnected(Activation.NONE), t, text.weights(2, 5));
    leaves(new SinkTranspose(), text.graph("y"));
  }

  @Test
  void consecutiveTransposesAndReshapesMerge() {
    String x = text.input("x", 1, 4, 5, 3);
    text.node("y", TO_NHWC, text.node("t", TO_NCHW, x));
    text.node("z", reshape(60), text.node("r", reshape(20, 3), x));
    Graph graph = text.graph("y", "z");
    Graph transposed = fires(new MergeTransposes(), graph);
    assertThat(((Transpose) transposed.nodes().get(0).operator()).isIdentity()).isTrue();
    assertThat(kinds(fires(new MergeReshapes(), transposed)))
        .containsExactly("Transpose", "Reshape");
    leaves(new MergeReshapes(), new GraphText().graph());
  }

  @Test
  void transposesOfAxesOfExtentOneAreReshapes() {
    text.node("y", TO_NCHW, text.input("x", 1, 4, 5, 1));
    text.node("z", TO_NCHW, text.input("w", 1, 1, 1, 7));
    assertThat(kinds(fires(new TransposeToReshape(), text.graph("y", "z"))))
        .containsExactly("Reshape", "Reshape");
  }

  @Test
  void transposesOfLongerAxesStay() {
    text.node("y", TO_NCHW, text.input("x", 1, 4, 1, 3));
    leaves(new TransposeToReshape(), text.graph("y"));
  }

  @Test
  void transposesSinkBelowReshapesOfNeighbours() {
    String t = text.node("t", TO_NCHW, text.input("x", 1, 6, 5, 8));
    text.node("joined", reshape(1, 8, 30), t);
    text.node("split", reshape(1, 2, 4, 1, 6, 5), t);
    Graph after = fires(new SinkTransposeBelowReshape(), text.graph("joined", "split"));
    assertThat(kinds(after)).containsExactly("Reshape", "Transpose", "Reshape", "Transpose");
  }

  @Test
  void transposesStayAboveReshapesThatJoinWhatTheyParted() {
    String t = text.node("t", TO_NCHW, text.input("x", 1, 6, 5, 8));
    text.node("y", reshape(1, 240), t);
    leaves(new SinkTransposeBelowReshape(), text.graph("y"));
  }

  @Test
  void transposesMeetAboveAReshape() {
    String x = text.input("x", 1, 6, 5, 2, 4);
    String t = text.node("t", new Transpose(List.of(0, 4, 3, 1, 2)), x);
    String r = text.node("r", reshape(1, 8, 6, 5), t);
    text.node("y", TO_NHWC, r);
    Graph after = fires(new HoistTransposeAboveReshape(), text.graph("y"));
    assertThat(kinds(after)).containsExactly("Transpose", "Transpose", "Reshape");
  }

  @Test
  void transposesStayBelowReshapesOfWhatTheyPart() {
    String t = text.node("t", TO_NCHW, text.input("x", 1, 6, 5, 8));
    String r = text.node("r", reshape(1, 6, 10, 4), t);
    text.node("y", TO_NHWC, r);
    leaves(new HoistTransposeAboveReshape(), text.graph("y"));
  }

  @Test
  void transposesVanishAboveOperandsOfOneChannel() {
    String joined =
        text.node("c", new Concat(1), text.input("x", 1, 1, 4, 5), text.input("w", 1, 1, 4, 5));
    text.node("y", TO_NHWC, joined);
    assertThat(kinds(fires(new HoistTranspose(), text.graph("y"))))
        .containsExactly("Reshape", "Reshape", "Concat");
  }

  @Test
  void transposesStayBelowOperandsOfSeveralChannels() {
    String joined =
        text.node("c", new Concat(1), text.input("x", 1, 1, 4, 5), text.input("w", 1, 2, 4, 5));
    text.node("y", TO_NHWC, joined);
    leaves(new HoistTranspose(), text.graph("y"));
  }

  @Test
  void functionsOfElementsMoveAboveReshapes() {
    text.node("y", Unary.RELU, text.node("r", reshape(60), text.input("x", 1, 4, 5, 3)));
    assertThat(kinds(fires(new UnaryBeforeReshape(), text.graph("y"))))
        .containsExactly("Relu", "Reshape");
  }

  @Test
  void functionsStayBelowReshapesThatOthersUse() {
    text.node("y", Unary.RELU, text.node("r", reshape(60), text.input("x", 1, 4, 5, 3)));
    leaves(new UnaryBeforeReshape(), text.graph("y", "r"));
  }

  @Test
  void weightsTakeInTheTransposeOfAnImage() {
    String t = text.node("t", TO_NCHW, text.input("x", 2, 6, 5, 8));
    String r = text.node("r", reshape(2, 240), t);
    text.node("y", new FullyConnected(Activation.RELU), r, text.weights(7, 240), text.weights(7));
    assertThat(kinds(fires(new TransposeIntoWeights(), text.graph("y"))))
        .containsExactly("Reshape", "FullyConnected");
  }

  @Test
  void weightsCannotTakeInATransposeAcrossVectors() {
    String t = text.node("t", TO_NCHW, text.input("x", 1, 6, 5, 8));
    String r = text.node("r", reshape(8, 30), t);
    text.node("y", new FullyConnected(Activation.NONE), r, text.weights(7, 30));
    leaves(new TransposeIntoWeights(), text.graph("y"));
  }
}

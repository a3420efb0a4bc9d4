package io.mcudeploy.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What does not fit is refused in words that name the operator and what the user sees of it. */
class ShapeRulesTest {
  private static final Conv2d CONV =
      new Conv2d(Size2d.ONE, Size2d.ONE, Padding2d.NONE, 1, Activation.NONE);
  private static final FullyConnected FULLY_CONNECTED = new FullyConnected(Activation.NONE);

  private static TensorType floats(int... extents) {
    return TensorType.floats(Shape.of(extents));
  }

  private static TensorType integers(int... extents) {
    return new TensorType(ElementType.INT64, Shape.of(extents));
  }

  private static Arguments refused(String message, Operator operator, TensorType... inputs) {
    return arguments(message, operator, Arrays.asList(inputs));
  }

  static Stream<Arguments> misfits() {
    return Stream.of(
        refused("Conv2d takes 2 to 3 inputs, not 1", CONV, floats(1, 5, 5, 3)),
        refused(
            "Conv2d needs 4 dimensions for its image, not [5, 5]",
            CONV,
            floats(5, 5),
            floats(1, 1, 1, 1)),
        refused(
            "an image of 3 channels does not fit 8 filters of 4 channels",
            CONV,
            floats(1, 5, 5, 3),
            floats(8, 3, 3, 4)),
        refused(
            "a kernel of 7x7 does not fit an image of 5x5",
            CONV,
            floats(1, 5, 5, 3),
            floats(8, 7, 7, 3)),
        refused(
            "Conv2d of 8 channels has a bias of 4",
            CONV,
            floats(1, 5, 5, 3),
            floats(8, 3, 3, 3),
            floats(4)),
        refused(
            "Conv2d needs real numbers for its image, not int64[1, 5, 5, 3]",
            CONV,
            integers(1, 5, 5, 3),
            floats(8, 3, 3, 3)),
        refused(
            "a kernel of 2x2, dilated 4x4, does not fit an image of 3x3 padded by [0, 1, 0, 0]",
            new MaxPool2d(
                new Size2d(2, 2), Size2d.ONE, new Size2d(4, 4), new Padding2d(0, 1, 0, 0), false),
            floats(1, 3, 3, 1)),
        refused(
            "weights [10, 64] do not fit an input of [1, 32]",
            FULLY_CONNECTED,
            floats(1, 32),
            floats(10, 64)),
        refused(
            "MatMul cannot multiply [2, 3] by [4, 5]", new MatMul(), floats(2, 3), floats(4, 5)),
        refused(
            "MatMul cannot combine the shapes [2] and [3]",
            new MatMul(),
            floats(2, 3, 4),
            floats(3, 4, 5)),
        refused(
            "Add cannot combine the shapes [2, 3] and [2, 4]",
            new Binary(BinaryFunction.ADD),
            floats(2, 3),
            floats(2, 4)),
        refused(
            "the element types do not fit",
            new Binary(BinaryFunction.MUL),
            floats(2, 3),
            integers(2, 3)),
        refused(
            "Sqrt needs real numbers, not int64[2, 3]",
            new Unary(ElementaryFunction.SQRT),
            integers(2, 3)),
        refused("Softmax has no axis 2 in an input of shape [2, 3]", new Softmax(2), floats(2, 3)),
        refused(
            "ReduceL2 needs real numbers",
            new Reduce(ReduceFunction.L2, List.of(0), true),
            integers(3)),
        refused(
            "Reshape cannot turn [2, 3] of 6 elements into [4] of 4",
            new Reshape(Shape.of(4)),
            floats(2, 3)),
        refused(
            "Transpose of 3 axes cannot take the shape [2, 3]",
            new Transpose(List.of(0, 2, 1)),
            floats(2, 3)),
        refused(
            "Concat along axis 0 cannot join float[2, 3] and float[2, 4]",
            new Concat(0),
            floats(2, 3),
            floats(2, 4)),
        refused(
            "leaves the input of shape [4]",
            new Slice(List.of(2), List.of(3), List.of(1)),
            floats(4)),
        refused(
            "Gather has no index 4 along axis 0 of shape [4]",
            new Gather(0, List.of(0, 4)),
            floats(4)),
        refused(
            "Pad in mode REFLECT cannot add 3 elements to the shape [3]",
            new Pad(List.of(3), List.of(0), Pad.Mode.REFLECT, 0),
            floats(3)),
        refused(
            "Expand cannot combine the shapes [4] and [3, 2]",
            new Expand(Shape.of(3, 2)),
            floats(4)),
        refused(
            "BatchNormalization of 3 channels has a parameter of 4",
            new BatchNormalization(1, 1e-5),
            floats(1, 3, 2, 2),
            floats(3),
            floats(4),
            floats(3),
            floats(3)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("misfits")
  void refusesWhatDoesNotFit(String message, Operator operator, List<TensorType> inputs) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator.outputTypes(inputs))
        .withMessageContaining(message);
  }

  @Test
  void paddingAndStridesShapeAConvolution() {
    Conv2d conv =
        new Conv2d(
            new Size2d(2, 1), new Size2d(1, 2), new Padding2d(1, 0, 1, 2), 1, Activation.RELU);

    List<TensorType> inputs = List.of(floats(1, 9, 8, 3), floats(16, 3, 3, 3), floats(16));

    assertThat(conv.outputTypes(inputs)).containsExactly(floats(1, 5, 6, 16));
    assertThat(conv.macs(inputs)).isEqualTo(5L * 6 * 16 * 27);
  }

  @Test
  void depthwiseConvolutionCountsOneChannelPerFilter() {
    Conv2d conv = new Conv2d(Size2d.ONE, Size2d.ONE, Padding2d.NONE, 8, Activation.NONE);

    assertThat(conv.macs(List.of(floats(1, 5, 5, 8), floats(8, 3, 3, 1)))).isEqualTo(9L * 8 * 9);
  }

  @Test
  void lastPoolWindowMayNotStartInTrailingPadding() {
    Size2d two = new Size2d(2, 2);
    MaxPool2d pool = new MaxPool2d(two, two, Size2d.ONE, new Padding2d(0, 0, 1, 1), true);

    assertThat(pool.outputTypes(List.of(floats(1, 4, 5, 1)))).containsExactly(floats(1, 2, 3, 1));
  }

  @Test
  void clampsCompose() {
    Activation sixth = new Activation(0, 6);

    assertThat(Activation.RELU.then(sixth)).isEqualTo(sixth);
    assertThat(sixth.then(new Activation(-1, 3))).isEqualTo(new Activation(0, 3));
    assertThat(sixth.then(new Activation(8, 9))).isEqualTo(new Activation(8, 8));
    assertThat(Activation.NONE.then(Activation.RELU)).isEqualTo(Activation.RELU);
  }

  @Test
  void transposesCompose() {
    assertThat(Transpose.NCHW_TO_NHWC.then(Transpose.NHWC_TO_NCHW).isIdentity()).isTrue();
    assertThat(Transpose.NCHW_TO_NHWC.inverse()).isEqualTo(Transpose.NHWC_TO_NCHW);
    Transpose rotate = new Transpose(List.of(1, 2, 0));
    assertThat(rotate.then(rotate)).isEqualTo(new Transpose(List.of(2, 0, 1)));
  }
}

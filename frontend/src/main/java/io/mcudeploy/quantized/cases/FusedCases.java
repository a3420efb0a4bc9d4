package io.mcudeploy.quantized.cases;

import static io.mcudeploy.quantized.cases.ConvolutionCases.same;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Fused;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Cases of two operators that a kernel computes at once. */
final class FusedCases {
  private static final int LEFT = 0;
  private static final int RIGHT = 1;

  private FusedCases() {}

  static List<OperatorCase> all() {
    return Stream.of(sums(), pools()).flatMap(List::stream).toList();
  }

  private static List<OperatorCase> sums() {
    return List.of(
        sum("basic_3x3", same(8, 8, 4, 3, 3, 1, 1), 8, -128, -128, LEFT, -128),
        sum("odd_channels", same(5, 7, 3, 3, 3, 1, 1), 5, -128, -128, RIGHT, -128),
        sum("few_channels", same(4, 5, 6, 3, 3, 1, 1), 3, -10, -10, RIGHT, -100),
        sum("pointwise", Window.valid(5, 5, 16, 1, 1, 1, 1), 12, -128, -128, RIGHT, -128),
        sum("pointwise_odd", Window.valid(3, 3, 13, 1, 1, 1, 1), 7, 17, -20, LEFT, -20),
        sum("stride_2", Window.valid(9, 9, 4, 3, 3, 2, 2), 8, -30, -30, LEFT, -128),
        sum("two_signs", same(6, 6, 8, 3, 3, 1, 1), 16, 5, -128, RIGHT, -128),
        difference("right", RIGHT),
        difference("left", LEFT));
  }

  private static List<OperatorCase> pools() {
    return List.of(
        pool("basic_3x3", same(8, 8, 4, 3, 3, 1, 1), 8, -128, -128, 2, 2, 2),
        pool("first_layer", same(9, 10, 3, 3, 3, 1, 1), 6, -128, -128, 2, 2, 2),
        pool("odd_sizes", same(7, 9, 8, 3, 3, 1, 1), 5, -128, -128, 2, 2, 2),
        pool("two_signs", Window.valid(8, 12, 8, 3, 3, 1, 1), 4, 7, -128, 2, 2, 2),
        pool("half_range", same(6, 10, 4, 3, 3, 1, 1), 12, -5, -5, 2, 2, 2),
        pool("one_tile", Window.valid(4, 4, 8, 3, 3, 1, 1), 4, -128, -128, 2, 2, 2),
        pool("row_of_tiles", Window.valid(4, 11, 8, 3, 3, 1, 1), 4, -20, -100, 2, 2, 2),
        pool("few_channels", same(6, 6, 4, 3, 3, 1, 1), 3, 20, -128, 2, 2, 2),
        pool("5x5", Window.valid(14, 13, 6, 5, 5, 1, 1), 16, -128, -128, 2, 2, 2),
        pool("5x5_padded", same(6, 7, 8, 5, 5, 1, 1), 7, -128, -128, 2, 2, 2),
        pool("pointwise", Window.valid(6, 5, 16, 1, 1, 1, 1), 9, 3, -128, 2, 2, 2),
        pool("conv_stride_2", Window.valid(13, 13, 3, 3, 3, 2, 2), 8, -128, -128, 2, 2, 2),
        pool("of_3x3", same(10, 9, 2, 3, 3, 1, 1), 6, -128, -128, 3, 3, 3),
        pool("of_2x3", same(7, 7, 2, 3, 3, 1, 1), 4, 11, -128, 2, 3, 3),
        pool("wide_steps", same(9, 9, 4, 3, 3, 1, 1), 4, -128, -128, 2, 2, 3),
        pool("of_rows", same(9, 4, 4, 3, 3, 1, 1), 4, -128, -128, 2, 1, 2),
        pool("of_columns", Window.valid(1, 16, 5, 1, 4, 1, 1), 10, -128, -128, 1, 2, 2),
        pool("of_four_columns", Window.valid(1, 19, 4, 1, 3, 1, 1), 8, -128, -128, 1, 4, 4),
        pool("of_a_column", Window.valid(19, 1, 4, 3, 1, 1, 1), 8, 0, -128, 3, 1, 3),
        pool("of_all", same(4, 4, 4, 3, 3, 1, 1), 6, -128, -128, 4, 4, 1),
        pool("dilated", same(9, 8, 3, 3, 3, 2, 2), 5, -128, -128, 2, 2, 2));
  }

  /**
   * A convolution and a max pool of its output, the first of whose channels is constant and whose
   * clamp is narrower at its upper end than the convolution's.
   *
   * @param zeroPoint of both outputs
   * @param lowest of the convolution's output
   * @param height of the pool's windows
   * @param width of the pool's windows
   * @param stride of the pool
   */
  private static OperatorCase pool(
      String name,
      Window window,
      int outputs,
      int zeroPoint,
      int lowest,
      int height,
      int width,
      int stride) {
    String id = "conv2d_max_pool2d/" + name;
    CaseRandom random = new CaseRandom(id);
    int terms = window.kernelHeight() * window.kernelWidth() * window.inputChannels();
    List<Multiplier> multipliers = new ArrayList<>(random.multipliers(outputs, terms));
    multipliers.set(0, Multiplier.of(0));
    Conv2d conv =
        new Conv2d(
            window,
            outputs,
            1,
            -7,
            random.weights(outputs * terms),
            random.integers(outputs, 4000),
            new OutputStage(multipliers, zeroPoint, lowest, 127));
    Window pooled =
        Window.valid(
            window.outputHeight(), window.outputWidth(), outputs, height, width, stride, stride);
    int highest = window.outputWidth() % 2 == 0 ? 127 : 100;
    return new OperatorCase(
        id,
        new Fused(conv, new MaxPool2d(pooled, -128, highest), 0),
        List.of(random.bytes(window.inputElements())));
  }

  private static OperatorCase sum(
      String name,
      Window window,
      int outputs,
      int zeroPoint,
      int lowest,
      int position,
      int lowestSum) {
    return pair(name, window, outputs, zeroPoint, lowest, position, lowestSum, false);
  }

  private static OperatorCase difference(String name, int position) {
    Window window = same(6, 5, 4, 3, 3, 1, 1);
    return pair("difference_" + name, window, 8, 3, -128, position, -128, true);
  }

  /**
   * A convolution, and the sum or difference of its output and another tensor.
   *
   * @param zeroPoint of the convolution's output
   * @param lowest of the convolution's output
   * @param position of the convolution's output in the sum
   * @param lowestSum lower clamp of the sum
   */
  private static OperatorCase pair(
      String name,
      Window window,
      int outputs,
      int zeroPoint,
      int lowest,
      int position,
      int lowestSum,
      boolean subtract) {
    String id = "conv2d_add/" + name;
    CaseRandom random = new CaseRandom(id);
    int terms = window.kernelHeight() * window.kernelWidth() * window.inputChannels();
    Conv2d conv =
        new Conv2d(
            window,
            outputs,
            1,
            -7,
            random.weights(outputs * terms),
            random.integers(outputs, 4000),
            new OutputStage(random.multipliers(outputs, terms), zeroPoint, lowest, 127));
    int elements = window.outputPositions() * outputs;
    Quantization own = new Quantization(0.03 + 0.03 * random.fraction(), zeroPoint);
    Quantization other = new Quantization(0.03 + 0.03 * random.fraction(), random.integer(-20, 20));
    Add add =
        Add.of(
            Broadcast.of(Shape.of(elements), Shape.of(elements)),
            subtract,
            position == LEFT ? own : other,
            position == LEFT ? other : own,
            new Quantization(0.06, lowestSum + 10),
            lowestSum,
            127);
    return new OperatorCase(
        id,
        new Fused(conv, add, position),
        List.of(random.bytes(window.inputElements()), random.bytes(elements)));
  }
}

package io.mcudeploy.quantized.cases;

import static io.mcudeploy.quantized.cases.ConvolutionCases.same;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Fused;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/** Cases of two operators that a kernel computes at once. */
final class FusedCases {
  private static final int LEFT = 0;
  private static final int RIGHT = 1;

  private FusedCases() {}

  static List<OperatorCase> all() {
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

package io.mcudeploy.quantized.cases;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Window;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Cases of the operators with weights. */
final class ConvolutionCases {
  private ConvolutionCases() {}

  static List<OperatorCase> all() {
    return List.of(
        conv("basic_3x3", same(8, 8, 4, 3, 3, 1, 1), 8, 1, -3, 5),
        conv("odd_channels", same(5, 7, 3, 3, 3, 1, 1), 5, 1, 11, -7),
        conv("one_channel_in", Window.valid(9, 9, 1, 5, 5, 1, 1), 4, 1, -128, -128),
        conv("one_channel_out", Window.valid(6, 6, 7, 3, 3, 1, 1), 1, 1, 0, 0),
        conv("pointwise", Window.valid(5, 5, 16, 1, 1, 1, 1), 12, 1, -128, 3),
        conv("pointwise_odd", Window.valid(3, 3, 13, 1, 1, 1, 1), 7, 1, 127, -128),
        conv("pointwise_long", Window.valid(3, 3, 203, 1, 1, 1, 1), 6, 1, 60, -1),
        conv("pointwise_stride_2", Window.valid(7, 7, 6, 1, 1, 2, 2), 10, 1, 4, 127),
        conv("stride_2_valid", Window.valid(9, 9, 4, 3, 3, 2, 2), 6, 1, 2, 1),
        conv("stride_2_same", window(8, 8, 3, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0), 4, 1, -5, 0),
        conv("uneven_strides", window(9, 10, 3, 3, 4, 3, 2, 3, 2, 1, 1, 0, 0), 4, 1, 3, 3),
        conv("stride_beyond_kernel", window(9, 9, 4, 3, 3, 2, 2, 4, 4, 1, 1, 1, 1), 4, 1, 9, 0),
        conv("padding_top_left", window(5, 5, 3, 5, 5, 3, 3, 1, 1, 1, 1, 2, 2), 4, 1, 20, -2),
        conv("padding_bottom_right", window(5, 5, 3, 5, 5, 3, 3, 1, 1, 1, 1, 0, 0), 4, 1, -20, 2),
        conv("padding_beyond_image", window(2, 2, 3, 6, 6, 5, 5, 1, 1, 1, 1, 4, 4), 5, 1, 7, 6),
        conv("dilation_2", window(9, 9, 3, 9, 9, 3, 3, 1, 1, 2, 2, 2, 2), 4, 1, -1, 1),
        conv("dilation_3x1", window(10, 6, 4, 4, 4, 3, 3, 1, 1, 3, 1, 0, 0), 4, 1, -9, 9),
        conv("row_kernel", window(1, 20, 5, 1, 18, 1, 3, 1, 1, 1, 1, 0, 0), 6, 1, 3, -3),
        conv("column_kernel", window(12, 1, 4, 12, 1, 5, 1, 1, 1, 1, 1, 2, 0), 4, 1, 1, 0),
        conv("rows_of_six", same(6, 7, 2, 3, 3, 1, 1), 6, 1, -17, 2),
        conv("rows_of_seven", same(7, 9, 1, 3, 7, 1, 1), 8, 1, 31, -3),
        conv("one_pixel", Window.valid(3, 3, 5, 3, 3, 1, 1), 9, 1, 0, 64),
        conv("one_pixel_image", same(1, 1, 6, 3, 3, 1, 1), 5, 1, -64, 0),
        conv("groups_2", same(6, 6, 8, 3, 3, 1, 1), 6, 2, 5, 5),
        conv("groups_odd_depth", same(5, 5, 9, 3, 3, 1, 1), 6, 3, -30, 30),
        conv("long_sum", Window.valid(4, 4, 67, 3, 3, 1, 1), 8, 1, -128, -1),
        conv("square_valid", Window.valid(6, 10, 8, 3, 3, 1, 1), 6, 1, 90, -9),
        conv("square_odd_sizes", same(7, 9, 12, 3, 3, 1, 1), 9, 1, -77, 12),
        conv("square_two_rows", same(2, 4, 16, 3, 3, 1, 1), 3, 1, 127, 1),
        conv("square_one_row", same(1, 9, 8, 3, 3, 1, 1), 4, 1, -128, 0),
        conv(
            "square_padding_top_left", window(6, 5, 8, 6, 5, 3, 3, 1, 1, 1, 1, 2, 2), 8, 1, 30, -1),
        conv("square_padding_bottom", window(5, 8, 4, 5, 6, 3, 3, 1, 1, 1, 1, 0, 0), 4, 1, -30, 2),
        conv("square_beyond_image", window(2, 3, 4, 10, 9, 3, 3, 1, 1, 1, 1, 5, 4), 5, 1, 99, 6),
        conv("capsule_like_7x7", Window.valid(11, 11, 4, 7, 7, 2, 2), 16, 1, -128, 0),
        clampedConv("relu", -128, 127, -128),
        clampedConv("relu_6", -100, 50, -100),
        clampedConv("clamp_to_one_value", 5, 5, 5),
        extremeConv("saturating_high", 127, 127, Integer.MAX_VALUE / 4),
        extremeConv("saturating_low", -128, -127, Integer.MIN_VALUE / 4),
        shiftedConv("factor_above_one", 1.7),
        shiftedConv("factor_one", 1),
        shiftedConv("factor_below_one", 0.75),
        shiftedConv("factor_zero", 0),
        shiftedConv("ties_of_quarters", 0.25),
        shiftedConv("ties_of_eighths", 0.125),
        depthwise("basic_3x3", same(8, 8, 8, 3, 3, 1, 1), 1, -3, 5),
        depthwise("odd_channels", same(6, 5, 7, 3, 3, 1, 1), 1, 40, -40),
        depthwise("one_channel", same(6, 6, 1, 3, 3, 1, 1), 1, 0, 0),
        depthwise("stride_2", window(8, 8, 6, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0), 1, -128, -128),
        depthwise("multiplier_2", same(5, 5, 3, 3, 3, 1, 1), 2, 9, 1),
        depthwise("multiplier_8_of_one", Window.valid(10, 5, 1, 4, 3, 2, 2), 8, 83, -128),
        depthwise("multiplier_3_odd", same(4, 4, 5, 3, 3, 1, 1), 3, 127, 0),
        depthwise("dilation_2", window(9, 9, 4, 5, 5, 3, 3, 1, 1, 2, 2, 0, 0), 1, 3, 0),
        depthwise("padding_beyond_image", window(2, 2, 5, 6, 6, 5, 5, 1, 1, 1, 1, 4, 4), 1, 7, 6),
        depthwise("row_kernel", window(1, 16, 6, 1, 16, 1, 5, 1, 1, 1, 1, 0, 2), 1, 5, -5),
        depthwise("wide_row_kernel", window(1, 25, 4, 1, 9, 1, 17, 1, 1, 1, 1, 0, 0), 1, 5, -5),
        depthwise("one_pixel", Window.valid(5, 5, 6, 5, 5, 1, 1), 1, -1, 1),
        depthwise("pointwise", Window.valid(3, 3, 5, 1, 1, 1, 1), 1, -1, 1),
        depthwise("column_kernel", window(14, 1, 6, 12, 1, 5, 1, 1, 1, 1, 1, 1, 0), 1, -9, 2),
        depthwise("kernel_4x4", window(9, 9, 5, 9, 9, 4, 4, 1, 1, 1, 1, 1, 2), 1, 17, -3),
        depthwise("kernel_5x5", same(7, 8, 4, 5, 5, 1, 1), 1, -20, 20),
        depthwise("stride_3", window(11, 10, 4, 4, 4, 3, 3, 3, 3, 1, 1, 1, 1), 1, 6, 0),
        depthwise("even_rows", same(6, 8, 8, 3, 3, 1, 1), 1, -128, -128),
        depthwise("stride_2_wide", window(9, 17, 8, 5, 9, 3, 3, 2, 2, 1, 1, 1, 1), 1, -128, -128),
        depthwise("multiplier_2_of_eight", same(7, 6, 8, 3, 3, 1, 1), 2, 13, -9),
        depthwise("multiplier_4_stride_2", window(8, 9, 5, 4, 5, 3, 3, 2, 2, 1, 1, 0, 1), 4, -5, 8),
        depthwise("dilation_3", same(9, 10, 6, 3, 3, 3, 3), 1, 30, 4),
        depthwise("dilation_2x1", same(8, 7, 4, 3, 3, 2, 1), 1, -2, 7),
        depthwise("dilated_row", window(1, 30, 8, 1, 22, 1, 5, 1, 1, 1, 2, 0, 0), 1, 19, -19),
        depthwise("kernel_7x7", same(8, 9, 5, 7, 7, 1, 1), 1, -33, 3),
        depthwise("kernel_10x8_multiplier_8", same(12, 9, 1, 10, 8, 1, 1), 8, -128, -128),
        rectifiedDepthwise("rectified_even", same(6, 8, 8, 3, 3, 1, 1), 1),
        rectifiedDepthwise("rectified_odd", same(7, 9, 6, 3, 3, 1, 1), 1),
        rectifiedDepthwise("rectified_stride_2", window(9, 17, 8, 5, 9, 3, 3, 2, 2, 1, 1, 1, 1), 1),
        rectifiedDepthwise("rectified_row", window(1, 30, 8, 1, 26, 1, 5, 1, 1, 1, 1, 0, 0), 1),
        rectifiedDepthwise("rectified_multiplier_2", same(5, 6, 4, 3, 3, 1, 1), 2),
        rectifiedDepthwise("rectified_wide", same(4, 70, 72, 3, 3, 1, 1), 1),
        rectifiedDepthwise("rectified_kernel_5x5", same(6, 7, 5, 5, 5, 1, 1), 1),
        fullyConnected("basic", 1, 16, 8, -3, 5),
        fullyConnected("odd", 1, 13, 7, 127, -128),
        fullyConnected("one_output", 1, 31, 1, -128, 127),
        fullyConnected("one_input", 1, 1, 9, 10, 0),
        fullyConnected("rows", 3, 10, 6, -40, 40),
        fullyConnected("long_sum", 1, 1027, 10, -128, 0));
  }

  private static OperatorCase conv(
      String name, Window window, int outputs, int groups, int inputZero, int outputZero) {
    String id = "conv2d/" + name;
    CaseRandom random = new CaseRandom(id);
    int terms = window.kernelHeight() * window.kernelWidth() * window.inputChannels() / groups;
    Conv2d operator =
        new Conv2d(
            window,
            outputs,
            groups,
            inputZero,
            random.weights(outputs * terms),
            random.integers(outputs, 4000),
            new OutputStage(random.multipliers(outputs, terms), outputZero, -128, 127));
    return new OperatorCase(id, operator, List.of(random.bytes(window.inputElements())));
  }

  private static OperatorCase clampedConv(String name, int lowest, int highest, int outputZero) {
    String id = "conv2d/" + name;
    CaseRandom random = new CaseRandom(id);
    Window window = same(6, 6, 4, 3, 3, 1, 1);
    Conv2d operator =
        new Conv2d(
            window,
            6,
            1,
            -10,
            random.weights(6 * 36),
            random.integers(6, 4000),
            new OutputStage(random.multipliers(6, 36), outputZero, lowest, highest));
    return new OperatorCase(id, operator, List.of(random.bytes(window.inputElements())));
  }

  /** Every product has the same sign and size, and the bias adds to them. */
  private static OperatorCase extremeConv(String name, int input, int weight, int bias) {
    String id = "conv2d/" + name;
    Window window = same(5, 5, 8, 3, 3, 1, 1);
    byte[] weights = new byte[5 * 72];
    Arrays.fill(weights, (byte) weight);
    byte[] image = new byte[window.inputElements()];
    Arrays.fill(image, (byte) input);
    Conv2d operator =
        new Conv2d(
            window,
            5,
            1,
            input > 0 ? -128 : 127,
            Int8Array.of(weights),
            Int32Array.of(bias, -bias, 0, 1, -1),
            new OutputStage(
                List.of(
                    Multiplier.of(0.9),
                    Multiplier.of(0.9),
                    Multiplier.of(1e-5),
                    Multiplier.of(3e-5),
                    Multiplier.of(5e-10)),
                0,
                -128,
                127));
    return new OperatorCase(id, operator, List.of(Int8Array.of(image)));
  }

  /** Small sums and a factor that needs no or little right shift, so that many results are ties. */
  private static OperatorCase shiftedConv(String name, double factor) {
    String id = "conv2d/" + name;
    CaseRandom random = new CaseRandom(id);
    Window window = Window.valid(5, 5, 3, 2, 2, 1, 1);
    Conv2d operator =
        new Conv2d(
            window,
            4,
            1,
            1,
            random.bytes(4 * 12, -2, 2),
            random.integers(4, 20),
            new OutputStage(Collections.nCopies(4, Multiplier.of(factor)), -4, -128, 127));
    return new OperatorCase(id, operator, List.of(random.bytes(window.inputElements(), -20, 20)));
  }

  private static OperatorCase depthwise(
      String name, Window window, int multiplier, int inputZero, int outputZero) {
    String id = "depthwise_conv2d/" + name;
    CaseRandom random = new CaseRandom(id);
    int terms = window.kernelHeight() * window.kernelWidth();
    int outputs = window.inputChannels() * multiplier;
    DepthwiseConv2d operator =
        new DepthwiseConv2d(
            window,
            multiplier,
            inputZero,
            random.weights(outputs * terms),
            random.integers(outputs, 4000),
            new OutputStage(random.multipliers(outputs, terms), outputZero, -128, 120));
    return new OperatorCase(id, operator, List.of(random.bytes(window.inputElements())));
  }

  /** Behind a ReLU whose range is all of int8, as ReLU6 of most networks is. */
  private static OperatorCase rectifiedDepthwise(String name, Window window, int multiplier) {
    String id = "depthwise_conv2d/" + name;
    CaseRandom random = new CaseRandom(id);
    int terms = window.kernelHeight() * window.kernelWidth();
    int outputs = window.inputChannels() * multiplier;
    DepthwiseConv2d operator =
        new DepthwiseConv2d(
            window,
            multiplier,
            -128,
            random.weights(outputs * terms),
            random.integers(outputs, 4000),
            new OutputStage(random.multipliers(outputs, terms), -128, -128, 127));
    return new OperatorCase(id, operator, List.of(random.bytes(window.inputElements())));
  }

  private static OperatorCase fullyConnected(
      String name, int rows, int inputs, int outputs, int inputZero, int outputZero) {
    String id = "fully_connected/" + name;
    CaseRandom random = new CaseRandom(id);
    FullyConnected operator =
        new FullyConnected(
            rows,
            inputs,
            outputs,
            inputZero,
            random.weights(inputs * outputs),
            random.integers(outputs, 4000),
            new OutputStage(random.multipliers(outputs, inputs), outputZero, -128, 127));
    return new OperatorCase(id, operator, List.of(random.bytes(rows * inputs)));
  }

  /** Stride 1 with an output as large as the input. */
  static Window same(
      int height,
      int width,
      int channels,
      int kernelHeight,
      int kernelWidth,
      int dilationHeight,
      int dilationWidth) {
    return new Window(
        height,
        width,
        channels,
        height,
        width,
        kernelHeight,
        kernelWidth,
        1,
        1,
        dilationHeight,
        dilationWidth,
        (kernelHeight - 1) * dilationHeight / 2,
        (kernelWidth - 1) * dilationWidth / 2);
  }

  /** Heights before widths: input, channels, output, kernel, strides, dilations, padding. */
  static Window window(
      int inputHeight,
      int inputWidth,
      int channels,
      int outputHeight,
      int outputWidth,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int dilationHeight,
      int dilationWidth,
      int paddingTop,
      int paddingLeft) {
    return new Window(
        inputHeight,
        inputWidth,
        channels,
        outputHeight,
        outputWidth,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        paddingTop,
        paddingLeft);
  }
}

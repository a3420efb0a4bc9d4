package io.mcudeploy.tflite;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.ConvTranspose2d;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.MatMul;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Layers with weights and windows that move over images. */
final class LayerMappings {
  private LayerMappings() {}

  /** Conv2DOptions: padding, stride_w, stride_h, activation, dilation_w, dilation_h. */
  static void conv2d(OperatorContext operator) {
    Shape image = image(operator, 0);
    Shape weights = image(operator, 1);
    Size2d strides = size(operator, 2, 1);
    Size2d dilations = size(operator, 5, 4);
    int channels = weights.extent(3);
    if (channels == 0 || image.extent(3) % channels != 0) {
      throw operator.reject("weights " + weights + " do not fit an image of " + image);
    }
    Padding2d padding =
        padding(
            operator, image, new Size2d(weights.extent(1), weights.extent(2)), strides, dilations);
    operator.define(
        new Conv2d(strides, dilations, padding, image.extent(3) / channels, operator.activation(3)),
        withBias(operator, operator.input(0), operator.input(1)));
  }

  /**
   * DepthwiseConv2DOptions: padding, stride_w, stride_h, depth_multiplier, activation, dilation_w,
   * dilation_h. Weights {@code [1, KH, KW, C * multiplier]}.
   */
  static void depthwiseConv2d(OperatorContext operator) {
    Shape image = image(operator, 0);
    Shape weights = image(operator, 1);
    Size2d strides = size(operator, 2, 1);
    Size2d dilations = size(operator, 6, 5);
    if (weights.extent(0) != 1) {
      throw operator.reject("weights of shape " + weights);
    }
    Padding2d padding =
        padding(
            operator, image, new Size2d(weights.extent(1), weights.extent(2)), strides, dilations);
    String filtersFirst =
        operator.emit("weights", new Transpose(List.of(3, 1, 2, 0)), operator.input(1));
    operator.define(
        new Conv2d(strides, dilations, padding, image.extent(3), operator.activation(4)),
        withBias(operator, operator.input(0), filtersFirst));
  }

  /**
   * TransposeConvOptions: padding, stride_w, stride_h, activation. Inputs: the output's shape,
   * weights, image, and optionally a bias.
   */
  static void transposeConv(OperatorContext operator) {
    List<Integer> extents = operator.constantInts(0);
    Shape weights = image(operator, 1);
    if (extents.size() != 4) {
      throw operator.reject("an output of " + extents.size() + " dimensions");
    }
    Shape output = operator.shape(extents);
    Size2d strides = size(operator, 2, 1);
    Size2d kernel = new Size2d(weights.extent(1), weights.extent(2));
    Padding2d padding = padding(operator, output, kernel, strides, Size2d.ONE);
    operator.define(
        new ConvTranspose2d(
            strides,
            Size2d.ONE,
            padding.top(),
            padding.left(),
            new Size2d(output.extent(1), output.extent(2)),
            1,
            operator.activation(3)),
        operands(operator, 3, operator.input(2), operator.input(1)));
  }

  /** FullyConnectedOptions: activation, weights_format, keep_num_dims. */
  static void fullyConnected(OperatorContext operator) {
    Shape input = operator.shape(0);
    Shape weights = operator.shape(1);
    if (operator.choice(1) != 0) {
      throw operator.reject("shuffled weights");
    }
    if (weights.rank() != 2 || weights.extent(1) == 0) {
      throw operator.reject("weights of shape " + weights);
    }
    int depth = weights.extent(1);
    if (input.elements() % depth != 0) {
      throw operator.reject("weights " + weights + " do not fit an input of " + input);
    }
    boolean keep = operator.flag(2) && input.rank() > 0 && input.extent(-1) == depth;
    Shape rows = keep ? input : Shape.of(input.elements() / depth, depth);
    String vectors = operator.input(0);
    if (!rows.equals(input)) {
      vectors = operator.emit("rows", new Reshape(rows), vectors);
    }
    operator.define(
        new FullyConnected(operator.activation(0)), withBias(operator, vectors, operator.input(1)));
  }

  /** BatchMatMulOptions: adj_x, adj_y. */
  static void batchMatMul(OperatorContext operator) {
    String left = operator.input(0);
    String right = operator.input(1);
    if (operator.flag(0)) {
      left = operator.emit("left", swapLast(operator, operator.shape(0)), left);
    }
    if (operator.flag(1)) {
      right = operator.emit("right", swapLast(operator, operator.shape(1)), right);
    }
    operator.define(new MatMul(), left, right);
  }

  /** Pool2DOptions: padding, stride_w, stride_h, filter_width, filter_height, activation. */
  static void averagePool2d(OperatorContext operator) {
    Size2d kernel = size(operator, 4, 3);
    Size2d strides = size(operator, 2, 1);
    Padding2d padding = padding(operator, image(operator, 0), kernel, strides, Size2d.ONE);
    operator.defineClamped(
        5,
        new AveragePool2d(kernel, strides, Size2d.ONE, padding, false, false),
        operator.input(0));
  }

  /** Pool2DOptions, as above. */
  static void maxPool2d(OperatorContext operator) {
    Size2d kernel = size(operator, 4, 3);
    Size2d strides = size(operator, 2, 1);
    Padding2d padding = padding(operator, image(operator, 0), kernel, strides, Size2d.ONE);
    operator.defineClamped(
        5, new MaxPool2d(kernel, strides, Size2d.ONE, padding, false), operator.input(0));
  }

  private static Shape image(OperatorContext operator, int input) {
    Shape shape = operator.shape(input);
    if (shape.rank() != 4) {
      throw operator.reject("input " + input + " needs 4 dimensions, not " + shape);
    }
    return shape;
  }

  private static Size2d size(OperatorContext operator, int height, int width) {
    return new Size2d(operator.option(height, 1), operator.option(width, 1));
  }

  /** The padding that option 0 asks for: SAME (0), or none. */
  private static Padding2d padding(
      OperatorContext operator, Shape image, Size2d kernel, Size2d strides, Size2d dilations) {
    return switch (operator.choice(0)) {
      case 0 -> {
        int rows = missing(image.extent(1), kernel.height(), strides.height(), dilations.height());
        int columns = missing(image.extent(2), kernel.width(), strides.width(), dilations.width());
        yield new Padding2d(rows / 2, columns / 2, rows - rows / 2, columns - columns / 2);
      }
      case 1 -> Padding2d.NONE;
      default -> throw operator.reject("the padding " + operator.choice(0) + " of the schema");
    };
  }

  /** What an extent lacks so that each stride gives one result. */
  private static int missing(int extent, int kernel, int stride, int dilation) {
    long results = (extent + stride - 1L) / stride;
    long needed = (results - 1) * stride + (kernel - 1L) * dilation + 1;
    return Math.toIntExact(Math.max(0, needed - extent));
  }

  private static String[] withBias(OperatorContext operator, String input, String weights) {
    return operands(operator, 2, input, weights);
  }

  private static String[] operands(
      OperatorContext operator, int bias, String input, String weights) {
    return operator.hasInput(bias)
        ? new String[] {input, weights, operator.input(bias)}
        : new String[] {input, weights};
  }

  private static Transpose swapLast(OperatorContext operator, Shape shape) {
    if (shape.rank() < 2) {
      throw operator.reject("a matrix of shape " + shape);
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, shape.rank()).boxed().toList());
    Collections.swap(order, shape.rank() - 2, shape.rank() - 1);
    return new Transpose(order);
  }
}

package io.mcudeploy.onnx;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.ConvTranspose2d;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Convolutions and pools. ONNX has channels first, our operators channels last; a transpose on
 * either side makes up for it, and passes remove those that cancel. What ONNX does to rows ({@code
 * [N, C, W]}) we do to images of one row.
 */
final class ImageMappings {
  private ImageMappings() {}

  static void conv(NodeContext node) {
    Image image = Image.of(node);
    Shape weights = node.shape(1);
    checkWeights(node, weights);
    Window window = Window.of(node, image, image.kernel(node, weights));
    Conv2d conv =
        new Conv2d(
            window.strides,
            window.dilations,
            window.padding,
            Math.toIntExact(node.intAttribute("group", 1)),
            Activation.NONE);
    String filters = image.asImage(node, "weights-2d", node.input(1));
    String packed = node.emit("weights", Transpose.NCHW_TO_NHWC, filters);
    List<String> inputs = new ArrayList<>(List.of(image.channelsLast(node), packed));
    if (node.hasInput(2)) {
      inputs.add(node.input(2));
    }
    String result = node.emitPrincipal(conv, inputs.toArray(String[]::new));
    image.defineChannelsFirst(node, result);
  }

  static void convTranspose(NodeContext node) {
    Image image = Image.of(node);
    Shape weights = node.shape(1);
    checkWeights(node, weights);
    Window window = Window.of(node, image, image.kernel(node, weights));
    int groups = Math.toIntExact(node.intAttribute("group", 1));
    if (groups < 1 || weights.extent(0) % groups != 0) {
      throw node.reject(groups + " groups do not divide weights of shape " + weights);
    }
    ConvTranspose2d conv =
        Placement.of(node, image, window).conv(window.strides, window.dilations, groups);
    List<String> inputs =
        new ArrayList<>(List.of(image.channelsLast(node), transposeWeights(node, image, groups)));
    if (node.hasInput(2)) {
      inputs.add(node.input(2));
    }
    String result = node.emitPrincipal(conv, inputs.toArray(String[]::new));
    image.defineChannelsFirst(node, result);
  }

  /** From {@code [C, O / groups, KH, KW]} to {@code [O, KH, KW, C / groups]}. */
  private static String transposeWeights(NodeContext node, Image image, int groups) {
    String filters = image.asImage(node, "weights-2d", node.input(1));
    Shape shape = node.typeOf(filters).shape();
    int channels = shape.extent(0) / groups;
    int height = shape.extent(2);
    int width = shape.extent(3);
    Shape split = Shape.of(groups, channels, shape.extent(1), height, width);
    Shape merged = Shape.of(groups * shape.extent(1), height, width, channels);
    String grouped = node.emit("weights-groups", new Reshape(split), filters);
    Transpose order = new Transpose(List.of(0, 2, 3, 4, 1));
    String moved = node.emit("weights-transposed", order, grouped);
    return node.emit("weights", new Reshape(merged), moved);
  }

  private static void checkWeights(NodeContext node, Shape weights) {
    if (weights.rank() != node.shape(0).rank()) {
      throw node.reject(
          node.opType() + " of an input " + node.shape(0) + " with weights " + weights);
    }
  }

  static void maxPool(NodeContext node) {
    pool(
        node,
        window ->
            new MaxPool2d(
                window.kernel,
                window.strides,
                window.dilations,
                window.padding,
                node.flag("ceil_mode", false)));
  }

  static void averagePool(NodeContext node) {
    pool(
        node,
        window ->
            new AveragePool2d(
                window.kernel,
                window.strides,
                window.dilations,
                window.padding,
                node.flag("ceil_mode", false),
                node.flag("count_include_pad", false)));
  }

  /** The p-norm under the window: a root of the mean of powers, times their number. */
  static void lpPool(NodeContext node) {
    long p = node.intAttribute("p", 2);
    if ((p != 1 && p != 2) || node.flag("ceil_mode", false)) {
      throw node.reject("LpPool of order " + p + " and with ceil_mode=1 is not supported");
    }
    Image image = Image.of(node);
    if (!node.hasAttribute("kernel_shape")) {
      throw node.reject("attribute `kernel_shape` is missing");
    }
    Window window = Window.of(node, image, image.pair(node, "kernel_shape", 1, 0));
    String pixels = image.channelsLast(node);
    Binary multiply = new Binary(BinaryFunction.MUL);
    String powers =
        p == 1
            ? node.emit("magnitudes", new Unary(ElementaryFunction.ABS), pixels)
            : node.emit("squares", multiply, pixels, pixels);
    AveragePool2d mean =
        new AveragePool2d(
            window.kernel, window.strides, window.dilations, window.padding, false, true);
    float[] count = {window.kernel.height() * window.kernel.width()};
    String sum =
        node.emit(
            "sum",
            multiply,
            node.emitPrincipal(mean, powers),
            node.addConstant("count", new Tensor.Floats(Shape.of(), count)));
    image.defineChannelsFirst(
        node, p == 1 ? sum : node.emit("root", new Unary(ElementaryFunction.SQRT), sum));
  }

  /** Makes a pool for a window. */
  @FunctionalInterface
  interface Pool {
    Operator over(Window window);
  }

  private static void pool(NodeContext node, Pool pool) {
    if (!node.hasAttribute("kernel_shape")) {
      throw node.reject("attribute `kernel_shape` is missing");
    }
    if (node.shape(0).rank() == 5) {
      VolumePool.map(node, pool);
      return;
    }
    Image image = Image.of(node);
    Window window = Window.of(node, image, image.pair(node, "kernel_shape", 1, 0));
    String result = node.emitPrincipal(pool.over(window), image.channelsLast(node));
    image.defineChannelsFirst(node, result);
  }

  /**
   * The node's first input, which has one or two spatial dimensions.
   *
   * @param row whether it has only one, the width
   */
  private record Image(boolean row, int height, int width) {
    static Image of(NodeContext node) {
      Shape input = node.shape(0);
      return switch (input.rank()) {
        case 3 -> new Image(true, 1, input.extent(2));
        case 4 -> new Image(false, input.extent(2), input.extent(3));
        default ->
            throw node.reject(
                node.opType() + " is supported in one and two dimensions, not for " + input);
      };
    }

    /** An attribute with an entry for each spatial dimension, each raised by {@code added}. */
    Size2d pair(NodeContext node, String name, long absent, int added) {
      int dimensions = row ? 1 : 2;
      List<Long> given = node.intsAttribute(name).orElse(Collections.nCopies(dimensions, absent));
      if (given.size() != dimensions) {
        throw node.reject("attribute `" + name + "` must have " + dimensions + " entries");
      }
      int last = Math.toIntExact(given.get(dimensions - 1)) + added;
      return row ? new Size2d(1, last) : new Size2d(Math.toIntExact(given.get(0)) + added, last);
    }

    /** The kernel's extent; the attribute, where given, must say what the weights say. */
    Size2d kernel(NodeContext node, Shape weights) {
      Size2d kernel = new Size2d(row ? 1 : weights.extent(2), weights.extent(weights.rank() - 1));
      if (node.hasAttribute("kernel_shape") && !pair(node, "kernel_shape", 1, 0).equals(kernel)) {
        throw node.reject("attribute `kernel_shape` contradicts weights of shape " + weights);
      }
      return kernel;
    }

    /** A row as an image of one row. */
    String asImage(NodeContext node, String role, String value) {
      if (!row) {
        return value;
      }
      Shape shape = node.typeOf(value).shape();
      Shape image = Shape.of(shape.extent(0), shape.extent(1), 1, shape.extent(2));
      return node.emit(role, new Reshape(image), value);
    }

    String channelsLast(NodeContext node) {
      return node.emit("nhwc", Transpose.NCHW_TO_NHWC, asImage(node, "image", node.input(0)));
    }

    void defineChannelsFirst(NodeContext node, String result) {
      if (!row) {
        node.define(0, Transpose.NHWC_TO_NCHW, result);
        return;
      }
      String image = node.emit("nchw", Transpose.NHWC_TO_NCHW, result);
      Shape shape = node.typeOf(image).shape();
      Shape flat = Shape.of(shape.extent(0), shape.extent(1), shape.extent(3));
      node.define(0, new Reshape(flat), image);
    }
  }

  /**
   * What of a transposed convolution's result is kept.
   *
   * @param top rows dropped at the top
   * @param left columns dropped at the left
   * @param kept rows and columns kept from there
   */
  private record Placement(int top, int left, Size2d kept) {
    static Placement of(NodeContext node, Image image, Window window) {
      Size2d extra = image.pair(node, "output_padding", 0, 1);
      int height =
          (image.height - 1) * window.strides.height()
              + (window.kernel.height() - 1) * window.dilations.height()
              + extra.height();
      int width =
          (image.width - 1) * window.strides.width()
              + (window.kernel.width() - 1) * window.dilations.width()
              + extra.width();
      String autoPad = node.stringAttribute("auto_pad", "NOTSET");
      if (node.hasAttribute("output_shape")) {
        Size2d wanted = image.pair(node, "output_shape", 1, 0);
        return centred(height, width, wanted, autoPad);
      }
      if (autoPad.startsWith("SAME")) {
        Size2d wanted =
            new Size2d(
                image.height * window.strides.height(), image.width * window.strides.width());
        return centred(height, width, wanted, autoPad);
      }
      Padding2d padding = window.padding;
      Size2d kept =
          new Size2d(
              height - padding.top() - padding.bottom(), width - padding.left() - padding.right());
      return new Placement(padding.top(), padding.left(), kept);
    }

    private static Placement centred(int height, int width, Size2d wanted, String autoPad) {
      int rows = Math.max(0, height - wanted.height());
      int columns = Math.max(0, width - wanted.width());
      boolean upper = autoPad.equals("SAME_UPPER");
      return new Placement(
          upper ? rows / 2 : rows - rows / 2, upper ? columns / 2 : columns - columns / 2, wanted);
    }

    ConvTranspose2d conv(Size2d strides, Size2d dilations, int groups) {
      return new ConvTranspose2d(strides, dilations, top, left, kept, groups, Activation.NONE);
    }
  }

  /** How a kernel moves over an image. */
  record Window(Size2d kernel, Size2d strides, Size2d dilations, Padding2d padding) {
    static Window of(NodeContext node, Image image, Size2d kernel) {
      Size2d strides = image.pair(node, "strides", 1, 0);
      Size2d dilations = image.pair(node, "dilations", 1, 0);
      String autoPad = node.stringAttribute("auto_pad", "NOTSET");
      Padding2d padding =
          switch (autoPad) {
            case "NOTSET", "" -> explicitPadding(node, image);
            case "VALID" -> Padding2d.NONE;
            case "SAME_UPPER", "SAME_LOWER" ->
                samePadding(image, kernel, strides, dilations, autoPad.endsWith("UPPER"));
            default -> throw node.reject("auto_pad cannot be `" + autoPad + "`");
          };
      return new Window(kernel, strides, dilations, padding);
    }

    private static Padding2d explicitPadding(NodeContext node, Image image) {
      List<Long> given = node.intsAttribute("pads").orElse(List.of());
      if (given.isEmpty()) {
        return Padding2d.NONE;
      }
      if (given.size() != (image.row ? 2 : 4)) {
        throw node.reject("attribute `pads` has " + given.size() + " entries");
      }
      int[] pads =
          IntStream.range(0, given.size()).map(i -> Math.toIntExact(given.get(i))).toArray();
      return image.row
          ? new Padding2d(0, pads[0], 0, pads[1])
          : new Padding2d(pads[0], pads[1], pads[2], pads[3]);
    }

    private static Padding2d samePadding(
        Image image, Size2d kernel, Size2d strides, Size2d dilations, boolean upper) {
      int rows = needed(image.height, kernel.height(), strides.height(), dilations.height());
      int columns = needed(image.width, kernel.width(), strides.width(), dilations.width());
      int top = upper ? rows / 2 : rows - rows / 2;
      int left = upper ? columns / 2 : columns - columns / 2;
      return new Padding2d(top, left, rows - top, columns - left);
    }

    /** Padding for which the result has one element for each stride, rounded up. */
    static int needed(int extent, int kernel, int stride, int dilation) {
      int positions = (extent + stride - 1) / stride;
      return Math.max(0, (positions - 1) * stride + (kernel - 1) * dilation + 1 - extent);
    }
  }
}

package io.mcudeploy.onnx;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.DequantizeLinear;
import io.mcudeploy.operators.QuantizeLinear;
import io.mcudeploy.operators.Rounding;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * QONNX (QKeras, Brevitas, FINN): real tensors, and nodes that put their numbers on a grid of any
 * number of bits. A node becomes the QuantizeLinear and DequantizeLinear of that grid.
 */
final class QonnxMappings {
  /** Files also write {@code finn.custom_op.general}, {@code onnx.brevitas}, or no domain. */
  static final String DOMAIN = "qonnx.custom_op.general";

  private static final String CHANNELS_LAST = "qonnx.custom_op.channels_last";

  static final List<SupportedOperator> TABLE =
      List.of(
          new SupportedOperator(
              CHANNELS_LAST,
              "BatchNormalization",
              channelsLast("BatchNormalization"),
              "inference mode"),
          new SupportedOperator(CHANNELS_LAST, "Conv", channelsLast("Conv"), "1-D and 2-D"),
          new SupportedOperator(CHANNELS_LAST, "MaxPool", channelsLast("MaxPool"), "1-D and 2-D"),
          row("BipolarQuant", QonnxMappings::bipolarQuant, "constant scale"),
          row("IntQuant", QonnxMappings::quant, "constant scale, zero point and width"),
          row("Quant", QonnxMappings::quant, "constant scale, zero point and width"),
          row("Trunc", QonnxMappings::trunc, "constant scales, zero point and widths"));

  /** Wider grids are finer than single precision: they leave a number as it is. */
  private static final int MOST_BITS = 24;

  /** Activations on a wider grid are quantized by us. */
  private static final int MOST_ACTIVATION_BITS = 16;

  private QonnxMappings() {}

  /** X, scale, zero point and width in bits. */
  private static void quant(NodeContext node) {
    int bits = bits(node, 3);
    if (bits == 1 && node.flag("signed", true)) {
      bipolarQuant(node);
      return;
    }
    if (bits > (node.isConstant(0) ? MOST_BITS : MOST_ACTIVATION_BITS)) {
      node.define(0, node.input(0));
      return;
    }
    Levels levels = Levels.of(node, bits, rounding(node, "ROUND"));
    Optional<Grid> grid = grid(node, Optional.of(2));
    if (grid.isPresent() && (node.isConstant(0) || grid.get().isPerTensor())) {
      levels.define(node, node.input(0), grid.get());
    } else {
      defineInUnits(node, levels);
    }
  }

  /** Where scales differ in another way than a grid's: in units of its scale, x is whole. */
  private static void defineInUnits(NodeContext node, Levels levels) {
    if (node.constantReals(2).stream().anyMatch(zeroPoint -> zeroPoint != 0)) {
      throw node.reject("a zero point of a value whose channels have their own scales");
    }
    String units = node.emit("units", new Binary(BinaryFunction.DIV), node.input(0), node.input(1));
    String whole = levels.emit(node, units, Grid.perTensor(1, 0));
    node.define(0, new Binary(BinaryFunction.MUL), whole, node.input(1));
  }

  /** X and scale: the scale for numbers from 0 on, minus the scale for the others. */
  private static void bipolarQuant(NodeContext node) {
    Levels signs = new Levels(-1, 1, Rounding.HALF_EVEN);
    Optional<Grid> grid = grid(node, Optional.empty());
    double scale = grid.filter(Grid::isPerTensor).map(Grid::scale).orElse(1.0);
    String sign = node.emitPrincipal(new Unary(new UnaryFunction.Bipolar(scale)), node.input(0));
    if (grid.isPresent() && grid.get().isPerTensor()) {
      signs.define(node, sign, grid.get());
      return;
    }
    String scaled = node.emit("scaled", new Binary(BinaryFunction.MUL), sign, node.input(1));
    if (grid.isPresent() && node.isConstant(0)) {
      signs.define(node, scaled, grid.get());
    } else {
      node.define(0, scaled);
    }
  }

  /**
   * Takes low bits away. Version 1 has X, scale, zero point, width before and after, and leaves the
   * scale as it was; version 2 has the new scale before the last.
   */
  private static void trunc(NodeContext node) {
    boolean first = node.inputCount() < 6;
    double scale = node.constantNumber(1);
    double zeroPoint = node.constantNumber(2);
    int bits = bits(node, first ? 4 : 5);
    double newScale = first ? scale : node.constantNumber(4);
    int dropped =
        first ? bits(node, 3) - bits : (int) Math.rint(Math.log(newScale / scale) / Math.log(2));
    double newZeroPoint = first ? zeroPoint : Math.scalb(zeroPoint, -dropped);
    Rounding rounding = rounding(node, "FLOOR");
    // Version 1 does not say whether the integers have a sign, and does not clamp them.
    Levels levels =
        first
            ? new Levels(-(1 << bits), (1 << bits) - 1, rounding)
            : Levels.of(node, bits, rounding);
    UnaryFunction.Truncate function =
        new UnaryFunction.Truncate(
            scale,
            zeroPoint,
            dropped,
            levels.lowest,
            levels.highest,
            rounding,
            newScale,
            newZeroPoint);
    String result = node.emitPrincipal(new Unary(function), node.input(0));
    boolean fits = levels.highest - levels.lowest < 256;
    if (fits && newZeroPoint == Math.rint(newZeroPoint)) {
      levels.define(node, result, Grid.perTensor(newScale, (int) newZeroPoint));
    } else {
      node.define(0, result);
    }
  }

  /**
   * A standard operator whose image has channels last, and so have the filters of a convolution.
   */
  private static NodeMapping channelsLast(String opType) {
    return node -> {
      List<String> inputs = new ArrayList<>();
      for (int i = 0; i < node.inputCount(); i++) {
        boolean image = i == 0 || (i == 1 && opType.equals("Conv"));
        inputs.add(
            image
                ? node.emit("first" + i, channelsFirst(node.shape(i).rank()), node.input(i))
                : node.input(i));
      }
      String result = node.compose("", opType, node.attributes(), inputs.toArray(String[]::new));
      node.define(0, channelsLast(node.typeOf(result).shape().rank()), result);
    };
  }

  private static Transpose channelsFirst(int rank) {
    List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    axes.add(1, axes.remove(rank - 1));
    return new Transpose(axes);
  }

  private static Transpose channelsLast(int rank) {
    List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    axes.add(axes.remove(1));
    return new Transpose(axes);
  }

  /** The integers of a grid, and how a number becomes one of them. */
  private record Levels(int lowest, int highest, Rounding rounding) {
    static Levels of(NodeContext node, int bits, Rounding rounding) {
      int narrow = node.flag("narrow", false) ? 1 : 0;
      return node.flag("signed", true)
          ? new Levels(-(1 << (bits - 1)) + narrow, (1 << (bits - 1)) - 1, rounding)
          : new Levels(0, (1 << bits) - 1 - narrow, rounding);
    }

    String emit(NodeContext node, String value, Grid grid) {
      QuantizeLinear quantize = new QuantizeLinear(grid, element(), lowest, highest, rounding);
      return node.emit("real", new DequantizeLinear(grid), node.emit("integer", quantize, value));
    }

    void define(NodeContext node, String value, Grid grid) {
      QuantizeLinear quantize = new QuantizeLinear(grid, element(), lowest, highest, rounding);
      String integers = node.emit("integers", quantize, value);
      node.define(0, new DequantizeLinear(grid), integers);
    }

    private ElementType element() {
      if (highest <= Byte.MAX_VALUE) {
        return lowest >= Byte.MIN_VALUE ? ElementType.INT8 : wide();
      }
      return lowest >= 0 && highest < 256 ? ElementType.UINT8 : wide();
    }

    private ElementType wide() {
      boolean fits = lowest >= Short.MIN_VALUE && highest <= Short.MAX_VALUE;
      return fits ? ElementType.INT16 : ElementType.INT32;
    }
  }

  /**
   * The grid of the node's scales (input 1) and zero points; nothing if they differ along more than
   * one axis.
   */
  private static Optional<Grid> grid(NodeContext node, Optional<Integer> zeroPointInput) {
    List<Double> scales = node.constantReals(1);
    List<Double> zeroPoints = zeroPointInput.map(node::constantReals).orElse(List.of(0.0));
    if (zeroPoints.stream().anyMatch(number -> number != Math.rint(number))) {
      throw node.reject("a zero point that is no integer");
    }
    if (zeroPoints.stream().distinct().count() == 1) {
      zeroPoints = Collections.nCopies(scales.size(), zeroPoints.get(0));
    }
    if (zeroPoints.size() != scales.size()) {
      return Optional.empty();
    }
    List<Integer> integers = zeroPoints.stream().map(Double::intValue).toList();
    if (scales.stream().distinct().count() == 1 && integers.stream().distinct().count() == 1) {
      return Optional.of(Grid.perTensor(scales.get(0), integers.get(0)));
    }
    Shape shape = node.shape(1);
    List<Integer> axes =
        IntStream.range(0, shape.rank()).filter(axis -> shape.extent(axis) > 1).boxed().toList();
    if (axes.size() != 1) {
      return Optional.empty();
    }
    // Scales are aligned with the last axes of x.
    int axis = axes.get(0) + node.shape(0).rank() - shape.rank();
    return Optional.of(new Grid(scales, integers, axis));
  }

  private static int bits(NodeContext node, int input) {
    double bits = node.constantNumber(input);
    if (bits < 1 || bits != Math.rint(bits)) {
      throw node.reject("a width of " + bits + " bits");
    }
    return (int) Math.min(bits, Integer.MAX_VALUE);
  }

  private static Rounding rounding(NodeContext node, String absent) {
    String mode = node.stringAttribute("rounding_mode", absent);
    return switch (mode.toUpperCase(Locale.ROOT)) {
      case "ROUND", "HALF_EVEN" -> Rounding.HALF_EVEN;
      case "CEIL" -> Rounding.CEILING;
      case "FLOOR" -> Rounding.FLOOR;
      case "UP" -> Rounding.AWAY_FROM_ZERO;
      case "DOWN", "ROUND_TO_ZERO" -> Rounding.TO_ZERO;
      case "HALF_UP" -> Rounding.HALF_AWAY;
      case "HALF_DOWN" -> Rounding.HALF_TO_ZERO;
      default -> throw node.reject("the rounding mode `" + mode + "` is not known");
    };
  }

  private static SupportedOperator row(String opType, NodeMapping mapping, String limits) {
    return new SupportedOperator(DOMAIN, opType, mapping, limits);
  }
}

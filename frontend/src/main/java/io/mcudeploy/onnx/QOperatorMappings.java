package io.mcudeploy.onnx;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Operators on quantized tensors (ONNX's QOperator form). Each is the float operator between the
 * DequantizeLinear nodes of its inputs and the QuantizeLinear of its result, so that what follows
 * the importer knows of one form only.
 */
final class QOperatorMappings {
  private static final Map<String, Attribute> NONE = Map.of();

  private QOperatorMappings() {}

  // Of the standard domain

  /** x, w and y with scale and zero point each, then an INT32 bias at the scale of x times w. */
  static void qLinearConv(NodeContext node) {
    List<String> inputs = new ArrayList<>();
    inputs.add(dequantized(node, "x", 0, 1, 2, 1));
    inputs.add(dequantized(node, "w", 3, 4, 5, 0));
    if (node.hasInput(8)) {
      inputs.add(dequantizedBias(node, 8, 1, 4));
    }
    String result = node.compose("", "Conv", node.attributes(), inputs.toArray(String[]::new));
    defineQuantized(node, result, 6, 7);
  }

  static void qLinearMatMul(NodeContext node) {
    String left = dequantized(node, "a", 0, 1, 2, Math.max(0, node.shape(0).rank() - 2));
    String right = dequantized(node, "b", 3, 4, 5, node.shape(3).rank() - 1);
    defineQuantized(node, node.compose("", "MatMul", NONE, left, right), 6, 7);
  }

  static void convInteger(NodeContext node) {
    integerProduct(node, "Conv", 0);
  }

  static void matMulInteger(NodeContext node) {
    integerProduct(node, "MatMul", node.shape(1).rank() - 1);
  }

  /**
   * A product of integers less their zero points, INT32. Integers that {@link
   * #dynamicQuantizeLinear} made are real numbers here, and so is their product.
   */
  private static void integerProduct(NodeContext node, String opType, int weightAxis) {
    String left = centred(node, "x", 0, 2, Math.max(0, node.shape(0).rank() - 2));
    String right = centred(node, "w", 1, 3, weightAxis);
    boolean real = node.type(0).element().isFloat() || node.type(1).element().isFloat();
    if (real) {
      node.define(0, node.compose("", opType, node.attributes(), left, right));
      return;
    }
    String product = node.compose("", opType, node.attributes(), left, right);
    node.defineComposed(
        0, "Cast", Map.of("to", new Attribute.OfInt(StoredType.INT32.number())), product);
  }

  /** Integers less their zero point, as real numbers. */
  private static String centred(NodeContext node, String role, int input, int zeroPoint, int axis) {
    if (node.type(input).element().isFloat()) {
      return node.input(input);
    }
    List<String> inputs = new ArrayList<>(List.of(node.input(input)));
    inputs.add(ones(node, role, node.hasInput(zeroPoint) ? node.shape(zeroPoint) : Shape.of()));
    if (node.hasInput(zeroPoint)) {
      inputs.add(node.input(zeroPoint));
    }
    return node.compose(role, "DequantizeLinear", axis(axis), inputs.toArray(String[]::new));
  }

  private static String ones(NodeContext node, String role, Shape shape) {
    float[] ones = new float[shape.elements()];
    Arrays.fill(ones, 1);
    return node.addConstant(role + "-scale", new Tensor.Floats(shape, ones));
  }

  /**
   * Quantizes at a scale that is found anew for each input. The firmware's scale is found once, by
   * calibration: the integers are the real numbers themselves, their scale is 1.
   */
  static void dynamicQuantizeLinear(NodeContext node) {
    node.define(0, node.input(0));
    node.define(1, new Tensor.Floats(Shape.of(), new float[] {1}));
    node.define(2, new Tensor.Integers(ElementType.UINT8, Shape.of(), new long[] {0}));
  }

  // Of com.microsoft

  /**
   * A and B with scale and zero point each, C, and for an integer result its scale and zero point.
   */
  static void qGemm(NodeContext node) {
    boolean transposed = node.flag("transB", false);
    List<String> inputs = new ArrayList<>();
    inputs.add(dequantized(node, "a", 0, 1, 2, 0));
    inputs.add(dequantized(node, "b", 3, 4, 5, transposed ? 0 : 1));
    if (node.hasInput(6)) {
      inputs.add(dequantizedBias(node, 6, 1, 4));
    }
    Map<String, Attribute> attributes = new HashMap<>(node.attributes());
    attributes.remove("alpha");
    String product = node.compose("", "Gemm", attributes, inputs.toArray(String[]::new));
    float alpha = node.floatAttribute("alpha", 1);
    if (alpha != 1) {
      product = node.compose("scaled", "Mul", NONE, product, number(node, "alpha", alpha));
    }
    if (node.hasInput(7)) {
      defineQuantized(node, product, 7, 8);
    } else {
      node.define(0, product);
    }
  }

  /** A function of one tensor: X with scale and zero point, then those of Y. */
  static NodeMapping unary(String opType) {
    return node -> {
      String input = dequantized(node, "x", 0, 1, 2, 0);
      defineQuantized(node, node.compose("", opType, node.attributes(), input), 3, 4);
    };
  }

  /** A pool, of images with channels first, or last if the node says so. */
  static NodeMapping pool(String opType) {
    return node -> {
      String input = dequantized(node, "x", 0, 1, 2, 0);
      boolean channelsLast = node.flag("channels_last", false);
      if (channelsLast) {
        input = node.emit("nchw", Transpose.NHWC_TO_NCHW, input);
      }
      String result = node.compose("", opType, node.attributes(), input);
      if (channelsLast) {
        result = node.emit("nhwc", Transpose.NCHW_TO_NHWC, result);
      }
      defineQuantized(node, result, 3, 4);
    };
  }

  /** A function of two tensors: A and B with scale and zero point each, then those of C. */
  static NodeMapping binary(String opType) {
    return node -> {
      String left = dequantized(node, "a", 0, 1, 2, 0);
      String right = dequantized(node, "b", 3, 4, 5, 0);
      defineQuantized(node, node.compose("", opType, NONE, left, right), 6, 7);
    };
  }

  /** Softmax along an axis; the node says which version's meaning the axis has. */
  static void softmax(NodeContext node) {
    String input = dequantized(node, "x", 0, 1, 2, 0);
    int rank = node.shape(0).rank();
    boolean flattens = node.intAttribute("opset", 13) < 13;
    int axis = node.axis(node.intAttribute("axis", flattens ? 1 : -1), rank);
    if (flattens && axis != rank - 1) {
      throw node.reject("a softmax over several axes");
    }
    Map<String, Attribute> attributes = Map.of("axis", new Attribute.OfInt(axis));
    defineQuantized(node, node.compose("", "Softmax", attributes, input), 3, 4);
  }

  /** Scale and zero point of the result, then each input with its own. */
  static void concat(NodeContext node) {
    List<String> inputs = new ArrayList<>();
    for (int i = 2; i + 2 < node.inputCount() + 1 && node.hasInput(i); i += 3) {
      inputs.add(dequantized(node, "x" + i / 3, i, i + 1, i + 2, 0));
    }
    String result = node.compose("", "Concat", node.attributes(), inputs.toArray(String[]::new));
    defineQuantized(node, result, 0, 1);
  }

  /** The condition, X and Y with scale and zero point each, then those of Z. */
  static void where(NodeContext node) {
    String yes = dequantized(node, "x", 1, 2, 3, 0);
    String no = dequantized(node, "y", 4, 5, 6, 0);
    defineQuantized(node, node.compose("", "Where", NONE, node.input(0), yes, no), 7, 8);
  }

  /** A, B, their scales and zero points, and a real bias; the result is real. */
  static void matMulIntegerToFloat(NodeContext node) {
    String left = dequantized(node, "a", 0, 2, 4, 0);
    String right = dequantized(node, "b", 1, 3, 5, node.shape(1).rank() - 1);
    defineBiased(node, node.compose("", "MatMul", NONE, left, right), 6);
  }

  /** Real A, B with scale and zero point, and a real bias; the result is real. */
  static void dynamicQuantizeMatMul(NodeContext node) {
    String right = dequantized(node, "b", 1, 2, 3, node.shape(1).rank() - 1);
    defineBiased(node, node.compose("", "MatMul", NONE, node.input(0), right), 4);
  }

  private static void defineBiased(NodeContext node, String product, int bias) {
    if (node.hasInput(bias)) {
      node.defineComposed(0, "Add", NONE, product, node.input(bias));
    } else {
      node.define(0, product);
    }
  }

  // Their parts

  private static String dequantized(
      NodeContext node, String role, int input, int scale, int zeroPoint, int axis) {
    List<String> inputs = new ArrayList<>(List.of(node.input(input), node.input(scale)));
    if (node.hasInput(zeroPoint)) {
      inputs.add(node.input(zeroPoint));
    }
    return node.compose(role, "DequantizeLinear", axis(axis), inputs.toArray(String[]::new));
  }

  /** A bias has the scale of the layer's accumulator. */
  private static String dequantizedBias(
      NodeContext node, int input, int inputScale, int weightScale) {
    String scale =
        node.compose("bias-scale", "Mul", NONE, node.input(inputScale), node.input(weightScale));
    return node.compose("bias", "DequantizeLinear", axis(0), node.input(input), scale);
  }

  private static void defineQuantized(NodeContext node, String value, int scale, int zeroPoint) {
    List<String> inputs = new ArrayList<>(List.of(value, node.input(scale)));
    if (node.hasInput(zeroPoint)) {
      inputs.add(node.input(zeroPoint));
    }
    node.defineComposed(0, "QuantizeLinear", NONE, inputs.toArray(String[]::new));
  }

  private static Map<String, Attribute> axis(int axis) {
    return Map.of("axis", new Attribute.OfInt(axis));
  }

  private static String number(NodeContext node, String role, float value) {
    return node.addConstant(role, new Tensor.Floats(Shape.of(), new float[] {value}));
  }
}

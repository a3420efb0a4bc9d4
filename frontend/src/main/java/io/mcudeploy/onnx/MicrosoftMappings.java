package io.mcudeploy.onnx;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The operators that ONNX Runtime adds to ONNX: on quantized tensors, and several in one. */
final class MicrosoftMappings {
  static final String DOMAIN = "com.microsoft";

  static final List<SupportedOperator> TABLE =
      List.of(
          row("BiasGelu", MicrosoftMappings::biasGelu, ""),
          row("DynamicQuantizeMatMul", QOperatorMappings::dynamicQuantizeMatMul, "static scale"),
          row("FastGelu", MicrosoftMappings::fastGelu, ""),
          row("FusedConv", MicrosoftMappings::fusedConv, "1-D and 2-D"),
          row("FusedGemm", MicrosoftMappings::fusedGemm, ""),
          row("FusedMatMul", MicrosoftMappings::fusedMatMul, "no transBatchA, transBatchB"),
          row("Gelu", ElementwiseMappings.unary(ElementaryFunction.GELU), ""),
          row("MatMulIntegerToFloat", QOperatorMappings::matMulIntegerToFloat, ""),
          row("QGemm", QOperatorMappings::qGemm, ""),
          row("QLinearAdd", QOperatorMappings.binary("Add"), ""),
          row("QLinearAveragePool", QOperatorMappings.pool("AveragePool"), "1-D and 2-D"),
          row("QLinearConcat", QOperatorMappings::concat, ""),
          row("QLinearGlobalAveragePool", QOperatorMappings.pool("GlobalAveragePool"), ""),
          row("QLinearLeakyRelu", QOperatorMappings.unary("LeakyRelu"), ""),
          row("QLinearMul", QOperatorMappings.binary("Mul"), ""),
          row("QLinearReduceMean", QOperatorMappings.unary("ReduceMean"), ""),
          row("QLinearSigmoid", QOperatorMappings.unary("Sigmoid"), ""),
          row("QLinearSoftmax", QOperatorMappings::softmax, "one axis"),
          row("QLinearWhere", QOperatorMappings::where, ""),
          row("QuickGelu", ElementwiseMappings.unary(MicrosoftMappings::quickGelu), ""));

  private static final Map<String, Attribute> NONE = Map.of();

  private MicrosoftMappings() {}

  private static void biasGelu(NodeContext node) {
    String sum = node.emit("sum", new Binary(BinaryFunction.ADD), node.input(0), node.input(1));
    node.define(0, new Unary(ElementaryFunction.GELU), sum);
  }

  private static void fastGelu(NodeContext node) {
    String sum =
        node.hasInput(1)
            ? node.emit("sum", new Binary(BinaryFunction.ADD), node.input(0), node.input(1))
            : node.input(0);
    node.define(0, new Unary(ElementaryFunction.GELU_TANH), sum);
  }

  private static UnaryFunction quickGelu(NodeContext node) {
    return new UnaryFunction.Swish(node.floatAttribute("alpha", 1.702f));
  }

  /** A convolution, a fourth input that is added to it, and a function of the sum. */
  private static void fusedConv(NodeContext node) {
    String result =
        node.compose(
            "",
            "Conv",
            node.attributes(),
            IntStream.range(0, Math.min(3, node.inputCount()))
                .filter(node::hasInput)
                .mapToObj(node::input)
                .toArray(String[]::new));
    if (node.hasInput(3)) {
      result = node.emit("sum", new Binary(BinaryFunction.ADD), result, node.input(3));
    }
    List<Float> parameters = node.floatsAttribute("activation_params").orElse(List.of());
    activate(node, parameters, result);
  }

  private static void fusedGemm(NodeContext node) {
    Map<String, Attribute> attributes = new HashMap<>(node.attributes());
    String[] inputs =
        IntStream.range(0, node.inputCount())
            .filter(node::hasInput)
            .mapToObj(node::input)
            .toArray(String[]::new);
    List<Float> parameters =
        List.of("activation_alpha", "activation_beta").stream()
            .filter(node::hasAttribute)
            .map(name -> node.floatAttribute(name, 0))
            .collect(Collectors.toList());
    activate(node, parameters, node.compose("", "Gemm", attributes, inputs));
  }

  private static void activate(NodeContext node, List<Float> parameters, String value) {
    String name = node.stringAttribute("activation", "");
    switch (name) {
      case "" -> node.define(0, value);
      case "Clip" -> {
        double low = parameter(parameters, 0, Float.NEGATIVE_INFINITY);
        double high = parameter(parameters, 1, Float.POSITIVE_INFINITY);
        node.define(0, new Unary(new UnaryFunction.Clamp(new Activation(low, high))), value);
      }
      case "Relu", "Sigmoid", "Tanh", "LeakyRelu", "HardSigmoid", "Elu", "Softplus" -> {
        Map<String, Attribute> attributes = new HashMap<>();
        List<String> names = List.of("alpha", "beta");
        for (int i = 0; i < Math.min(names.size(), parameters.size()); i++) {
          attributes.put(names.get(i), new Attribute.OfFloat(parameters.get(i)));
        }
        node.defineComposed(0, name, attributes, value);
      }
      default -> throw node.reject("the activation `" + name + "` is not known");
    }
  }

  private static double parameter(List<Float> parameters, int index, float absent) {
    return index < parameters.size() ? parameters.get(index) : absent;
  }

  private static void fusedMatMul(NodeContext node) {
    if (node.flag("transBatchA", false) || node.flag("transBatchB", false)) {
      throw node.reject("transBatchA and transBatchB are not supported");
    }
    String left = transposed(node, "left", "transA", 0);
    String right = transposed(node, "right", "transB", 1);
    String product = node.compose("", "MatMul", NONE, left, right);
    float alpha = node.floatAttribute("alpha", 1);
    if (alpha == 1) {
      node.define(0, product);
    } else {
      String factor = node.addConstant("alpha", new Tensor.Floats(Shape.of(), new float[] {alpha}));
      node.define(0, new Binary(BinaryFunction.MUL), product, factor);
    }
  }

  private static String transposed(NodeContext node, String role, String flag, int input) {
    int rank = node.shape(input).rank();
    if (!node.flag(flag, false) || rank < 2) {
      return node.input(input);
    }
    List<Integer> permutation =
        IntStream.range(0, rank).boxed().collect(Collectors.toCollection(ArrayList::new));
    Collections.swap(permutation, rank - 2, rank - 1);
    return node.emit(role, new Transpose(permutation), node.input(input));
  }

  private static SupportedOperator row(String opType, NodeMapping mapping, String limits) {
    return new SupportedOperator(DOMAIN, opType, mapping, limits);
  }
}

package io.mcudeploy.onnx;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Cast;
import io.mcudeploy.operators.Comparison;
import io.mcudeploy.operators.Comparison.Relation;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Not;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import io.mcudeploy.operators.Where;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Operators that work on each element by itself. */
final class ElementwiseMappings {
  private ElementwiseMappings() {}

  /** A function of one number without attributes. */
  static NodeMapping unary(UnaryFunction function) {
    return unary(node -> function);
  }

  /** A function of one number whose parameters are the node's attributes. */
  static NodeMapping unary(Function<NodeContext, UnaryFunction> function) {
    return node -> node.define(0, new Unary(function.apply(node)), node.input(0));
  }

  static UnaryFunction leakyRelu(NodeContext node) {
    return new UnaryFunction.LeakyRelu(node.floatAttribute("alpha", 0.01f));
  }

  static UnaryFunction elu(NodeContext node) {
    return new UnaryFunction.Elu(node.floatAttribute("alpha", 1));
  }

  static UnaryFunction selu(NodeContext node) {
    return new UnaryFunction.Selu(
        node.floatAttribute("alpha", 1.6732632f), node.floatAttribute("gamma", 1.050701f));
  }

  static UnaryFunction celu(NodeContext node) {
    return new UnaryFunction.Celu(node.floatAttribute("alpha", 1));
  }

  static UnaryFunction hardSigmoid(NodeContext node) {
    return new UnaryFunction.HardSigmoid(
        node.floatAttribute("alpha", 0.2f), node.floatAttribute("beta", 0.5f));
  }

  static UnaryFunction thresholdedRelu(NodeContext node) {
    return new UnaryFunction.ThresholdedRelu(node.floatAttribute("alpha", 1));
  }

  static UnaryFunction swish(NodeContext node) {
    return new UnaryFunction.Swish(node.floatAttribute("alpha", 1));
  }

  static UnaryFunction shrink(NodeContext node) {
    return new UnaryFunction.Shrink(
        node.floatAttribute("lambd", 0.5f), node.floatAttribute("bias", 0));
  }

  static UnaryFunction gelu(NodeContext node) {
    String approximate = node.stringAttribute("approximate", "none");
    return switch (approximate) {
      case "none" -> ElementaryFunction.GELU;
      case "tanh" -> ElementaryFunction.GELU_TANH;
      default -> throw node.reject("Gelu has no approximation `" + approximate + "`");
    };
  }

  static void clip(NodeContext node) {
    if (node.opset() < 11) {
      define(
          node,
          Optional.of((double) node.floatAttribute("min", -Float.MAX_VALUE)),
          Optional.of((double) node.floatAttribute("max", Float.MAX_VALUE)));
      return;
    }
    boolean fixed =
        (!node.hasInput(1) || node.isConstant(1)) && (!node.hasInput(2) || node.isConstant(2));
    if (fixed) {
      define(
          node,
          node.hasInput(1) ? Optional.of(node.constantNumber(1)) : Optional.empty(),
          node.hasInput(2) ? Optional.of(node.constantNumber(2)) : Optional.empty());
      return;
    }
    String raised = node.input(0);
    if (node.hasInput(1)) {
      raised = node.emit("max", new Binary(BinaryFunction.MAX), raised, node.input(1));
    }
    if (node.hasInput(2)) {
      raised = node.emit("min", new Binary(BinaryFunction.MIN), raised, node.input(2));
    }
    node.define(0, raised);
  }

  private static void define(NodeContext node, Optional<Double> min, Optional<Double> max) {
    // Exporters write the limits of the type where they mean none.
    double low = min.filter(limit -> limit > -Float.MAX_VALUE).orElse(Double.NEGATIVE_INFINITY);
    double high = max.filter(limit -> limit < Float.MAX_VALUE).orElse(Double.POSITIVE_INFINITY);
    Activation activation = new Activation(Math.min(low, high), high);
    node.define(0, new Unary(new UnaryFunction.Clamp(activation)), node.input(0));
  }

  /** A function of two tensors of one element type. */
  static NodeMapping binary(BinaryFunction function) {
    return node -> node.define(0, new Binary(function), node.input(0), node.input(1));
  }

  /** A function of any number of tensors, applied from left to right. */
  static NodeMapping variadic(BinaryFunction function) {
    return node -> {
      int last = node.inputCount() - 1;
      if (last == 0) {
        node.define(0, node.input(0));
      } else {
        String rest = fold(node, function, last);
        node.define(0, new Binary(function), rest, node.input(last));
      }
    };
  }

  static void mean(NodeContext node) {
    int count = node.inputCount();
    String sum = fold(node, BinaryFunction.ADD, count);
    Tensor share = new Tensor.Floats(Shape.of(), new float[] {1f / count});
    node.define(0, new Binary(BinaryFunction.MUL), sum, node.addConstant("share", share));
  }

  private static String fold(NodeContext node, BinaryFunction function, int count) {
    String result = node.input(0);
    for (int i = 1; i < count; i++) {
      result =
          node.emit(
              function.name().toLowerCase(Locale.ROOT),
              new Binary(function),
              result,
              node.input(i));
    }
    return result;
  }

  static void mod(NodeContext node) {
    binary(node.flag("fmod", false) ? BinaryFunction.FMOD : BinaryFunction.MOD).map(node);
  }

  /** ONNX lets base and exponent differ in type; the result has the base's. */
  static void pow(NodeContext node) {
    ElementType base = node.type(0).element();
    ElementType exponent = node.type(1).element();
    Operator pow = new Binary(BinaryFunction.POW);
    if (base == exponent) {
      node.define(0, pow, node.input(0), node.input(1));
    } else if (exponent.isFloat()) {
      String real = node.emit("base", new Cast(ElementType.FLOAT), node.input(0));
      String power = node.emitPrincipal(pow, real, node.input(1));
      node.define(0, new Cast(base), power);
    } else {
      String power = node.emit("exponent", new Cast(base), node.input(1));
      node.define(0, pow, node.input(0), power);
    }
  }

  static NodeMapping comparison(Relation relation) {
    return node -> node.define(0, new Comparison(relation), node.input(0), node.input(1));
  }

  /** Only not-a-number differs from itself. */
  static void isNaN(NodeContext node) {
    String same = node.emit("same", new Comparison(Relation.EQUAL), node.input(0), node.input(0));
    node.define(0, new Not(), same);
  }

  static void isInf(NodeContext node) {
    boolean negative = node.flag("detect_negative", true);
    boolean positive = node.flag("detect_positive", true);
    if (!negative && !positive) {
      throw node.reject("IsInf detects neither positive nor negative infinity");
    }
    String value = node.input(0);
    if (negative && positive) {
      value = node.emit("magnitude", new Unary(ElementaryFunction.ABS), value);
    }
    float infinity = positive ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
    String limit =
        node.addConstant("infinity", new Tensor.Floats(Shape.of(), new float[] {infinity}));
    node.define(0, new Comparison(Relation.EQUAL), value, limit);
  }

  static void not(NodeContext node) {
    node.define(0, new Not(), node.input(0));
  }

  static void where(NodeContext node) {
    node.define(0, new Where(), node.input(0), node.input(1), node.input(2));
  }

  static void cast(NodeContext node) {
    int number = (int) node.intAttribute("to", 0);
    StoredType target =
        StoredType.of(number)
            .orElseThrow(() -> node.reject("Cast to " + StoredType.nameOf(number)));
    if (target.isPacked()) {
      node.define(0, new Cast(target.element(), target.bits()), node.input(0));
    } else {
      cast(node, target.element());
    }
  }

  static void castLike(NodeContext node) {
    cast(node, node.type(1).element());
  }

  private static void cast(NodeContext node, ElementType target) {
    if (node.type(0).element() == target) {
      node.define(0, node.input(0));
    } else {
      node.define(0, new Cast(target), node.input(0));
    }
  }
}

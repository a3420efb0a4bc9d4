package io.mcudeploy.tflite;

import io.mcudeploy.ir.ElementType;
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
import java.util.function.Function;

/** Operators that work on each element by itself. */
final class ElementwiseMappings {
  private ElementwiseMappings() {}

  /** A function of one number without options. */
  static OperatorMapping unary(UnaryFunction function) {
    return unary(operator -> function);
  }

  /** A function of one number whose parameters are options. */
  static OperatorMapping unary(Function<OperatorContext, UnaryFunction> function) {
    return operator -> operator.define(new Unary(function.apply(operator)), operator.input(0));
  }

  /** A clamp. */
  static OperatorMapping clamp(double low, double high) {
    return unary(new UnaryFunction.Clamp(new Activation(low, high)));
  }

  /** One function after another. */
  static OperatorMapping chain(UnaryFunction first, UnaryFunction second) {
    return operator -> {
      String value = operator.emit(first.kind(), new Unary(first), operator.input(0));
      operator.define(new Unary(second), value);
    };
  }

  /** LeakyReluOptions: alpha. */
  static UnaryFunction leakyRelu(OperatorContext operator) {
    return new UnaryFunction.LeakyRelu(operator.realOption(0, 0));
  }

  /** GeluOptions: approximate. */
  static UnaryFunction gelu(OperatorContext operator) {
    return operator.flag(0) ? ElementaryFunction.GELU_TANH : ElementaryFunction.GELU;
  }

  /** A function of two tensors; the options begin with an activation. */
  static OperatorMapping clampedBinary(BinaryFunction function) {
    return operator ->
        operator.defineClamped(0, new Binary(function), operator.input(0), operator.input(1));
  }

  /** A function of two tensors. */
  static OperatorMapping binary(BinaryFunction function) {
    return operator -> operator.define(new Binary(function), operator.input(0), operator.input(1));
  }

  /** Sum of any number of tensors. */
  static void addN(OperatorContext operator) {
    String sum = operator.input(0);
    for (int i = 1; i < operator.inputCount(); i++) {
      sum = operator.emit("sum", new Binary(BinaryFunction.ADD), sum, operator.input(i));
    }
    operator.define(0, sum);
  }

  static void square(OperatorContext operator) {
    String x = operator.input(0);
    operator.define(new Binary(BinaryFunction.MUL), x, x);
  }

  static void squaredDifference(OperatorContext operator) {
    String difference =
        operator.emit(
            "difference", new Binary(BinaryFunction.SUB), operator.input(0), operator.input(1));
    operator.define(new Binary(BinaryFunction.MUL), difference, difference);
  }

  static void floorDiv(OperatorContext operator) {
    String quotient =
        operator.emit(
            "quotient", new Binary(BinaryFunction.DIV), operator.input(0), operator.input(1));
    operator.define(new Unary(ElementaryFunction.FLOOR), quotient);
  }

  static OperatorMapping comparison(Relation relation) {
    return operator ->
        operator.define(new Comparison(relation), operator.input(0), operator.input(1));
  }

  static void notEqual(OperatorContext operator) {
    String equal =
        operator.emit(
            "equal", new Comparison(Relation.EQUAL), operator.input(0), operator.input(1));
    operator.define(new Not(), equal);
  }

  static void not(OperatorContext operator) {
    operator.define(new Not(), operator.input(0));
  }

  static void select(OperatorContext operator) {
    operator.define(new Where(), operator.input(0), operator.input(1), operator.input(2));
  }

  /** The element type is the output tensor's. */
  static void cast(OperatorContext operator) {
    ElementType element = operator.output(0).type().element();
    if (operator.output(0).grid().isPresent()) {
      throw operator.reject("a result of quantized integers");
    }
    operator.define(new Cast(element), operator.input(0));
  }

  /** QUANTIZE: the rounding is that of the output's grid. */
  static void quantize(OperatorContext operator) {
    if (operator.output(0).grid().isEmpty()) {
      throw operator.reject("a result without scale");
    }
    operator.define(0, operator.input(0));
  }

  /** DEQUANTIZE: the input is a real number here already. */
  static void dequantize(OperatorContext operator) {
    if (!operator.isFloat(0)) {
      throw operator.reject("an input without scale");
    }
    operator.define(0, operator.input(0));
  }
}

package io.mcudeploy.tflite;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.ArgMax;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.LogSoftmax;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Unary;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that bring the elements along an axis together. */
final class ReductionMappings {
  private ReductionMappings() {}

  /** ReducerOptions: keep_dims. */
  static OperatorMapping reduce(ReduceFunction function) {
    return operator -> {
      int rank = operator.shape(0).rank();
      List<Integer> axes =
          operator.constantInts(1).stream().map(axis -> operator.axis(axis, rank)).toList();
      operator.define(new Reduce(function, axes, operator.flag(0)), operator.input(0));
    };
  }

  static void argMax(OperatorContext operator) {
    argMax(operator, operator.input(0));
  }

  static void argMin(OperatorContext operator) {
    argMax(operator, operator.emit("neg", new Unary(ElementaryFunction.NEG), operator.input(0)));
  }

  private static void argMax(OperatorContext operator, String values) {
    Shape input = operator.shape(0);
    int axis = operator.axis((int) operator.constantNumber(1), input.rank());
    String index = operator.emit("index", new ArgMax(axis, false), values);
    int[] extents =
        IntStream.range(0, input.rank()).filter(a -> a != axis).map(input::extent).toArray();
    operator.define(new Reshape(Shape.of(extents)), index);
  }

  /** SoftmaxOptions: beta. Over the last axis. */
  static void softmax(OperatorContext operator) {
    float beta = operator.realOption(0, 1);
    if (beta != 1) {
      throw operator.reject("a beta of " + beta);
    }
    operator.define(new Softmax(last(operator)), operator.input(0));
  }

  static void logSoftmax(OperatorContext operator) {
    operator.define(new LogSoftmax(last(operator)), operator.input(0));
  }

  /** L2NormOptions: activation. Over the last axis. */
  static void l2Normalization(OperatorContext operator) {
    String length =
        operator.emit(
            "length",
            new Reduce(ReduceFunction.L2, List.of(last(operator)), true),
            operator.input(0));
    operator.defineClamped(0, new Binary(BinaryFunction.DIV), operator.input(0), length);
  }

  private static int last(OperatorContext operator) {
    int rank = operator.shape(0).rank();
    if (rank == 0) {
      throw operator.reject("a scalar input");
    }
    return rank - 1;
  }
}

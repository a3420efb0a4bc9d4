package io.mcudeploy.onnx;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.ArgMax;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Unary;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that bring elements along some axes together. */
final class ReductionMappings {
  private ReductionMappings() {}

  /**
   * @param axesInputSince the opset from which the axes are an input, no longer an attribute
   */
  static NodeMapping reduce(ReduceFunction function, int axesInputSince) {
    return node -> reduce(node, function, axesInputSince);
  }

  private static void reduce(NodeContext node, ReduceFunction function, int axesInputSince) {
    boolean unchanged =
        switch (function) {
          case SUM, MEAN, MAX, MIN, PROD -> true;
          default -> false;
        };
    if (unchanged && reducesNothing(node, axesInputSince)) {
      node.define(0, node.input(0));
    } else {
      Reduce reduce = new Reduce(function, axes(node, axesInputSince), node.flag("keepdims", true));
      node.define(0, reduce, node.input(0));
    }
  }

  private static boolean reducesNothing(NodeContext node, int axesInputSince) {
    return ShapeMappings.axes(node, axesInputSince).isEmpty()
        && node.flag("noop_with_empty_axes", false);
  }

  /** The axes to reduce; all of them where the file names none. */
  private static List<Integer> axes(NodeContext node, int axesInputSince) {
    if (reducesNothing(node, axesInputSince)) {
      throw node.reject(node.opType() + " over no axes is not supported");
    }
    int rank = node.shape(0).rank();
    List<Long> given = ShapeMappings.axes(node, axesInputSince);
    if (given.isEmpty()) {
      return IntStream.range(0, rank).boxed().toList();
    }
    return given.stream().map(axis -> node.axis(axis, rank)).toList();
  }

  static void logSum(NodeContext node) {
    Reduce sum = new Reduce(ReduceFunction.SUM, axes(node, 18), node.flag("keepdims", true));
    String total = node.emitPrincipal(sum, node.input(0));
    node.define(0, new Unary(ElementaryFunction.LOG), total);
  }

  /** The largest number comes out of the sum, so that no exponential overflows. */
  static void logSumExp(NodeContext node) {
    List<Integer> axes = axes(node, 18);
    String largest =
        node.emit("largest", new Reduce(ReduceFunction.MAX, axes, true), node.input(0));
    String below = node.emit("below", new Binary(BinaryFunction.SUB), node.input(0), largest);
    String terms = node.emit("terms", new Unary(ElementaryFunction.EXP), below);
    String sum = node.emitPrincipal(new Reduce(ReduceFunction.SUM, axes, true), terms);
    String logarithm = node.emit("logarithm", new Unary(ElementaryFunction.LOG), sum);
    Binary add = new Binary(BinaryFunction.ADD);
    if (node.flag("keepdims", true)) {
      node.define(0, add, logarithm, largest);
      return;
    }
    Shape kept =
        new Reduce(ReduceFunction.SUM, axes, false)
            .outputTypes(List.of(node.type(0)))
            .get(0)
            .shape();
    node.define(0, new Reshape(kept), node.emit("total", add, logarithm, largest));
  }

  static void globalLpPool(NodeContext node) {
    long p = node.intAttribute("p", 2);
    if (p != 1 && p != 2) {
      throw node.reject("GlobalLpPool of order " + p);
    }
    global(p == 1 ? ReduceFunction.L1 : ReduceFunction.L2).map(node);
  }

  /** The mean or maximum over all of an image {@code [N, C, ..]}. */
  static NodeMapping global(ReduceFunction function) {
    return node -> {
      int rank = node.shape(0).rank();
      if (rank < 3) {
        throw node.reject(node.opType() + " needs an image, not " + node.shape(0));
      }
      List<Integer> axes = IntStream.range(2, rank).boxed().toList();
      node.define(0, new Reduce(function, axes, true), node.input(0));
    };
  }

  static void argMax(NodeContext node) {
    argMax(node, node.input(0));
  }

  static void argMin(NodeContext node) {
    argMax(node, node.emit("neg", new Unary(ElementaryFunction.NEG), node.input(0)));
  }

  private static void argMax(NodeContext node, String values) {
    Shape input = node.shape(0);
    int axis = node.axis(node.intAttribute("axis", 0), input.rank());
    ArgMax argMax = new ArgMax(axis, node.flag("select_last_index", false));
    if (node.flag("keepdims", true)) {
      node.define(0, argMax, values);
      return;
    }
    int[] extents =
        IntStream.range(0, input.rank()).filter(a -> a != axis).map(input::extent).toArray();
    String index = node.emitPrincipal(argMax, values);
    node.define(0, new Reshape(Shape.of(extents)), index);
  }
}

package io.mcudeploy.onnx;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.ArgMax;
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
    int rank = node.shape(0).rank();
    List<Long> given = ShapeMappings.axes(node, axesInputSince);
    if (given.isEmpty() && node.flag("noop_with_empty_axes", false)) {
      switch (function) {
        case SUM, MEAN, MAX, MIN, PROD -> node.define(0, node.input(0));
        default -> throw node.reject(node.opType() + " over no axes is not supported");
      }
      return;
    }
    List<Integer> axes =
        given.isEmpty()
            ? IntStream.range(0, rank).boxed().toList()
            : given.stream().map(axis -> node.axis(axis, rank)).toList();
    node.define(0, new Reduce(function, axes, node.flag("keepdims", true)), node.input(0));
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

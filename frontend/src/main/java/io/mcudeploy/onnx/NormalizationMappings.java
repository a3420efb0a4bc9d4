package io.mcudeploy.onnx;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.ArgMax;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.LogSoftmax;
import io.mcudeploy.operators.Normalization;
import io.mcudeploy.operators.Normalization.Measure;
import io.mcudeploy.operators.OneHot;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Unary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Operators that relate elements to their neighbours' sum, mean or deviation. */
final class NormalizationMappings {
  private NormalizationMappings() {}

  static void softmax(NodeContext node) {
    softmax(node, Softmax::new);
  }

  static void logSoftmax(NodeContext node) {
    softmax(node, LogSoftmax::new);
  }

  private static void softmax(NodeContext node, IntFunction<Operator> operator) {
    Shape input = node.shape(0);
    int axis = softmaxAxis(node);
    if (node.opset() >= 13 || axis == input.rank() - 1) {
      node.define(0, operator.apply(axis), node.input(0));
      return;
    }
    String flat = node.emit("flat", new Reshape(rows(input, axis)), node.input(0));
    String result = node.emitPrincipal(operator.apply(1), flat);
    node.define(0, new Reshape(input), result);
  }

  /** 1 at the first of the largest elements and 0 elsewhere. */
  static void hardmax(NodeContext node) {
    Shape input = node.shape(0);
    boolean joined = node.opset() < 13;
    int axis = joined ? 1 : softmaxAxis(node);
    Shape shape = joined ? rows(input, softmaxAxis(node)) : input;
    int[] others =
        IntStream.range(0, shape.rank()).filter(a -> a != axis).map(shape::extent).toArray();
    String values = joined ? node.emit("flat", new Reshape(shape), node.input(0)) : node.input(0);
    String largest = node.emit("largest", new ArgMax(axis, false), values);
    String index = node.emit("index", new Reshape(Shape.of(others)), largest);
    OneHot mark = new OneHot(axis, shape.extent(axis), 0, 1);
    if (joined) {
      node.define(0, new Reshape(input), node.emitPrincipal(mark, index));
    } else {
      node.define(0, mark, index);
    }
  }

  private static int softmaxAxis(NodeContext node) {
    return node.axis(node.intAttribute("axis", node.opset() < 13 ? 1 : -1), node.shape(0).rank());
  }

  /** Before opset 13 all axes from the given one on were one. */
  private static Shape rows(Shape input, int axis) {
    int rows = Arrays.stream(input.extents(), 0, axis).reduce(1, (a, b) -> a * b);
    int columns = Arrays.stream(input.extents(), axis, input.rank()).reduce(1, (a, b) -> a * b);
    return Shape.of(rows, columns);
  }

  static void batchNormalization(NodeContext node) {
    if (node.flag("training_mode", false) || !node.flag("spatial", true)) {
      throw node.reject("BatchNormalization with training_mode=1 or spatial=0 is not supported");
    }
    node.define(
        0,
        new BatchNormalization(1, node.floatAttribute("epsilon", 1e-5f)),
        IntStream.range(0, 5).mapToObj(node::input).toArray(String[]::new));
  }

  static void layerNormalization(NodeContext node) {
    List<Integer> axes = trailingAxes(node);
    Normalization normalization =
        new Normalization(Measure.DEVIATION, axes, node.floatAttribute("epsilon", 1e-5f));
    node.define(0, normalization, parameters(node));
    if (node.hasOutput(1) || node.hasOutput(2)) {
      statistics(node, axes);
    }
  }

  /** The mean, and what the deviations from it are multiplied by. */
  private static void statistics(NodeContext node, List<Integer> axes) {
    Reduce reduceMean = new Reduce(ReduceFunction.MEAN, axes, true);
    String mean = node.emit("mean", reduceMean, node.input(0));
    String shifted = node.emit("shifted", new Binary(BinaryFunction.SUB), node.input(0), mean);
    String squared = node.emit("squared", new Binary(BinaryFunction.MUL), shifted, shifted);
    String variance = node.emit("variance", reduceMean, squared);
    float[] epsilon = {node.floatAttribute("epsilon", 1e-5f)};
    String constant = node.addConstant("epsilon", new Tensor.Floats(Shape.of(), epsilon));
    String stable = node.emit("stable", new Binary(BinaryFunction.ADD), variance, constant);
    String deviation = node.emit("deviation", new Unary(ElementaryFunction.SQRT), stable);
    node.define(1, mean);
    node.define(2, new Unary(ElementaryFunction.RECIPROCAL), deviation);
  }

  static void rmsNormalization(NodeContext node) {
    node.define(
        0,
        new Normalization(
            Measure.ROOT_MEAN_SQUARE, trailingAxes(node), node.floatAttribute("epsilon", 1e-5f)),
        parameters(node));
  }

  private static List<Integer> trailingAxes(NodeContext node) {
    int rank = node.shape(0).rank();
    int axis = node.axis(node.intAttribute("axis", -1), rank);
    return IntStream.range(axis, rank).boxed().toList();
  }

  /** The input, its scale, and its bias if there is one. */
  private static String[] parameters(NodeContext node) {
    int count = node.hasInput(2) ? 3 : 2;
    return IntStream.range(0, count).mapToObj(node::input).toArray(String[]::new);
  }

  static void instanceNormalization(NodeContext node) {
    Shape input = node.shape(0);
    if (input.rank() < 3) {
      throw node.reject("InstanceNormalization needs an image, not " + input);
    }
    int[] extents = new int[input.rank() - 1];
    Arrays.fill(extents, 1);
    extents[0] = input.extent(1);
    Reshape perChannel = new Reshape(Shape.of(extents));
    node.define(
        0,
        new Normalization(
            Measure.DEVIATION,
            IntStream.range(2, input.rank()).boxed().toList(),
            node.floatAttribute("epsilon", 1e-5f)),
        node.input(0),
        node.emit("scale", perChannel, node.input(1)),
        node.emit("bias", perChannel, node.input(2)));
  }

  static void groupNormalization(NodeContext node) {
    Shape input = node.shape(0);
    int groups = Math.toIntExact(node.intAttribute("num_groups", 0));
    if (input.rank() < 2 || groups < 1 || input.extent(1) % groups != 0) {
      throw node.reject("GroupNormalization of " + input + " in " + groups + " groups");
    }
    int channels = input.extent(1) / groups;
    List<Integer> extents = new ArrayList<>(List.of(input.extent(0), groups, channels));
    Arrays.stream(input.extents()).skip(2).forEach(extents::add);
    int[] own = new int[extents.size() - 1];
    Arrays.fill(own, 1);
    own[0] = groups;
    // Since opset 21 every channel has a scale, before that every group had.
    own[1] = node.opset() >= 21 ? channels : 1;
    Reshape parameter = new Reshape(Shape.of(own));
    String grouped = node.emit("groups", new Reshape(Shape.of(extents)), node.input(0));
    String result =
        node.emitPrincipal(
            new Normalization(
                Measure.DEVIATION,
                IntStream.range(2, extents.size()).boxed().toList(),
                node.floatAttribute("epsilon", 1e-5f)),
            grouped,
            node.emit("scale", parameter, node.input(1)),
            node.emit("bias", parameter, node.input(2)));
    node.define(0, new Reshape(input), result);
  }

  static void meanVarianceNormalization(NodeContext node) {
    int rank = node.shape(0).rank();
    List<Integer> axes =
        node.intsAttribute("axes").orElse(List.of(0L, 2L, 3L)).stream()
            .map(axis -> node.axis(axis, rank))
            .toList();
    // The specification adds 1e-9 to the deviation.
    node.define(0, new Normalization(Measure.DEVIATION, axes, 1e-18), node.input(0));
  }

  static void lpNormalization(NodeContext node) {
    int axis = node.axis(node.intAttribute("axis", -1), node.shape(0).rank());
    long p = node.intAttribute("p", 2);
    if (p == 2) {
      node.define(0, new Normalization(Measure.LENGTH, List.of(axis), 0), node.input(0));
    } else if (p == 1) {
      Reduce sum = new Reduce(ReduceFunction.L1, List.of(axis), true);
      String length = node.emit("length", sum, node.input(0));
      node.define(0, new Binary(BinaryFunction.DIV), node.input(0), length);
    } else {
      throw node.reject("LpNormalization of order " + p);
    }
  }
}

package io.mcudeploy.onnx;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.LogSoftmax;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Unary;
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
    int axis = node.axis(node.intAttribute("axis", node.opset() < 13 ? 1 : -1), input.rank());
    if (node.opset() >= 13 || axis == input.rank() - 1) {
      node.define(0, operator.apply(axis), node.input(0));
      return;
    }
    // Before opset 13 all axes from the given one on were one.
    int rows = Arrays.stream(input.extents(), 0, axis).reduce(1, (a, b) -> a * b);
    int columns = Arrays.stream(input.extents(), axis, input.rank()).reduce(1, (a, b) -> a * b);
    String flat = node.emit("flat", new Reshape(Shape.of(rows, columns)), node.input(0));
    String result = node.emitPrincipal(operator.apply(1), flat);
    node.define(0, new Reshape(input), result);
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
    Shape input = node.shape(0);
    int axis = node.axis(node.intAttribute("axis", -1), input.rank());
    List<Integer> axes = IntStream.range(axis, input.rank()).boxed().toList();
    Normalized normalized = normalize(node, axes);
    String scaled =
        node.emit("scaled", new Binary(BinaryFunction.MUL), normalized.values, node.input(1));
    if (node.hasInput(2)) {
      node.define(0, new Binary(BinaryFunction.ADD), scaled, node.input(2));
    } else {
      node.define(0, scaled);
    }
    node.define(1, normalized.mean);
    node.define(2, normalized.inverseDeviation);
  }

  static void instanceNormalization(NodeContext node) {
    Shape input = node.shape(0);
    if (input.rank() < 3) {
      throw node.reject("InstanceNormalization needs an image, not " + input);
    }
    Normalized normalized = normalize(node, IntStream.range(2, input.rank()).boxed().toList());
    int[] extents = new int[input.rank() - 1];
    Arrays.fill(extents, 1);
    extents[0] = input.extent(1);
    Reshape perChannel = new Reshape(Shape.of(extents));
    String scale = node.emit("scale", perChannel, node.input(1));
    String bias = node.emit("bias", perChannel, node.input(2));
    String scaled = node.emit("scaled", new Binary(BinaryFunction.MUL), normalized.values, scale);
    node.define(0, new Binary(BinaryFunction.ADD), scaled, bias);
  }

  /** Values of the graph: what {@link #normalize} computed on the way. */
  private record Normalized(String values, String mean, String inverseDeviation) {}

  /** Shifts and scales so that the mean along the axes is 0 and the variance 1. */
  private static Normalized normalize(NodeContext node, List<Integer> axes) {
    Reduce reduceMean = new Reduce(ReduceFunction.MEAN, axes, true);
    Binary mul = new Binary(BinaryFunction.MUL);
    String mean = node.emit("mean", reduceMean, node.input(0));
    String shifted = node.emit("shifted", new Binary(BinaryFunction.SUB), node.input(0), mean);
    String squared = node.emit("squared", mul, shifted, shifted);
    String variance = node.emit("variance", reduceMean, squared);
    float[] epsilon = {node.floatAttribute("epsilon", 1e-5f)};
    String stable =
        node.emit(
            "stable",
            new Binary(BinaryFunction.ADD),
            variance,
            node.addConstant("epsilon", new Tensor.Floats(Shape.of(), epsilon)));
    String deviation = node.emit("deviation", new Unary(ElementaryFunction.SQRT), stable);
    String inverse = node.emit("inverse", new Unary(ElementaryFunction.RECIPROCAL), deviation);
    return new Normalized(node.emit("normalized", mul, shifted, inverse), mean, inverse);
  }
}

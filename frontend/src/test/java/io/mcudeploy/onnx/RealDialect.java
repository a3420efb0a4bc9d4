package io.mcudeploy.onnx;

import io.mcudeploy.onnx.proto.TensorProto.DataType;
import java.util.List;
import java.util.stream.IntStream;

/** Dialects that compute with real numbers and say between layers which grid these lie on. */
abstract class RealDialect extends Dialect {
  RealDialect(GraphWriter graph, DataType element) {
    super(graph, element);
  }

  /** Puts a real value on a grid, under another name. */
  abstract Value onGrid(String name, String real, Levels levels);

  /** Real constants from integers with a scale for each index of the first axis. */
  abstract String weights(String name, Weights weights);

  String bias(String name, Weights weights, double inputScale) {
    List<Double> values =
        IntStream.range(0, weights.outputs())
            .mapToObj(o -> weights.bias().get(o) * weights.scales().get(o) * inputScale)
            .toList();
    return graph.reals(name + ".b", values, List.of((long) values.size()));
  }

  @Override
  Value image(Levels levels) {
    graph.input("image", 1, 3, 8, 8);
    return onGrid("image_grid", "image", levels);
  }

  @Override
  Value conv(String name, Value x, Weights weights, long groups, Levels levels) {
    List<String> inputs =
        List.of(real(x), weights(name, weights), bias(name, weights, x.levels().scale()));
    String conv = graph.node("Conv", name + "_conv", inputs, "group", groups, "pads", padding());
    String relu = graph.node("Relu", name + "_relu", List.of(conv));
    return onGrid(name, relu, levels);
  }

  @Override
  Value add(String name, Value left, Value right, Levels levels) {
    String sum = graph.node("Add", name + "_add", List.of(real(left), real(right)));
    return onGrid(name, sum, levels);
  }

  @Override
  Value maxPool(String name, Value x) {
    String pooled =
        graph.node(
            "MaxPool",
            name + "_pool",
            List.of(real(x)),
            "kernel_shape",
            square(2),
            "strides",
            square(2));
    return onGrid(name, pooled, x.levels());
  }

  @Override
  Value globalAveragePool(String name, Value x, Levels levels) {
    String mean = graph.node("GlobalAveragePool", name + "_mean", List.of(real(x)));
    return onGrid(name, mean, levels);
  }

  @Override
  Value dense(String name, Value x, Weights weights, Levels levels) {
    String flat = graph.node("Flatten", name + "_flat", List.of(real(x)));
    Value vector = onGrid(name + "_vector", flat, x.levels());
    List<String> inputs =
        List.of(real(vector), weights(name, weights), bias(name, weights, x.levels().scale()));
    return onGrid(name, graph.node("Gemm", name + "_gemm", inputs, "transB", 1L), levels);
  }

  @Override
  Value softmax(String name, Value x, Levels levels) {
    String softmax = graph.node("Softmax", name + "_softmax", List.of(real(x)), "axis", 1L);
    return onGrid(name, softmax, levels);
  }
}

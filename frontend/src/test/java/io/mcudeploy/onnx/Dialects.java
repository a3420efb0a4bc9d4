package io.mcudeploy.onnx;

import io.mcudeploy.onnx.proto.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The dialects of ONNX. */
final class Dialects {
  private Dialects() {}

  /** QuantizeLinear and DequantizeLinear around every value, as ONNX Runtime writes them. */
  static class Qdq extends RealDialect {
    private final boolean folded;

    /**
     * @param folded whether weights are stored as integers, else quantized where they are used
     */
    Qdq(GraphWriter graph, DataType element, boolean folded) {
      super(graph, element);
      this.folded = folded;
    }

    @Override
    Value onGrid(String name, String real, Levels levels) {
      Value grid = new Value(name, true, levels);
      String integers = graph.node("QuantizeLinear", name + "_quantized", quantization(grid, real));
      graph.node("DequantizeLinear", name, quantization(grid, clipped(name, integers, levels)));
      return grid;
    }

    /** What is between the two nodes. */
    String clipped(String name, String integers, Levels levels) {
      return integers;
    }

    @Override
    String weights(String name, Weights weights) {
      int outputs = weights.outputs();
      List<Long> row = List.of((long) outputs);
      String scale = graph.reals(name + ".w_scale", weights.scales(), row);
      String zero =
          graph.integers(name + ".w_zero", DataType.INT8, Collections.nCopies(outputs, 0), row);
      String integers =
          folded
              ? graph.integers(
                  name + ".w_integers", DataType.INT8, weights.integers(), weights.dims())
              : graph.node(
                  "QuantizeLinear",
                  name + ".w_quantized",
                  List.of(graph.reals(name + ".w", reals(weights), weights.dims()), scale, zero),
                  "axis",
                  0L);
      return graph.node(
          "DequantizeLinear",
          name + ".w_real",
          List.of(clippedWeights(name, integers), scale, zero),
          "axis",
          0L);
    }

    String clippedWeights(String name, String integers) {
      return integers;
    }

    @Override
    String bias(String name, Weights weights, double inputScale) {
      List<Long> row = List.of((long) weights.outputs());
      List<Double> scales = weights.scales().stream().map(scale -> scale * inputScale).toList();
      return graph.node(
          "DequantizeLinear",
          name + ".b_real",
          List.of(
              graph.integers(name + ".b", DataType.INT32, weights.bias(), row),
              graph.reals(name + ".b_scale", scales, row)),
          "axis",
          0L);
    }
  }

  /** Brevitas: a Clip between the two nodes narrows the grid. */
  static final class Qcdq extends Qdq {
    private final int weightBits;

    Qcdq(GraphWriter graph, int weightBits) {
      super(graph, DataType.INT8, true);
      this.weightBits = weightBits;
    }

    @Override
    String clipped(String name, String integers, Levels levels) {
      return clip(name, integers, levels.lowest(), levels.highest());
    }

    @Override
    String clippedWeights(String name, String integers) {
      int largest = (1 << (weightBits - 1)) - 1;
      return clip(name + ".w", integers, -largest, largest);
    }

    private String clip(String name, String integers, int low, int high) {
      List<String> inputs =
          List.of(
              integers,
              graph.integers(name + "_low", DataType.INT8, List.of(low), List.of()),
              graph.integers(name + "_high", DataType.INT8, List.of(high), List.of()));
      return graph.node("Clip", name + "_clip", inputs);
    }
  }

  /** QONNX: Quant nodes on real numbers. */
  static final class Qonnx extends RealDialect {
    private final String domain;
    private final int weightBits;

    Qonnx(GraphWriter graph, String domain, int weightBits) {
      this(graph, DataType.INT8, domain, weightBits);
    }

    private Qonnx(GraphWriter graph, DataType element, String domain, int weightBits) {
      super(graph, element);
      this.domain = domain;
      this.weightBits = weightBits;
    }

    @Override
    Value onGrid(String name, String real, Levels levels) {
      String scale = graph.real(name + "_scale", levels.scale());
      String zero = graph.real(name + "_zero", levels.zeroPoint());
      long signed = levels.lowest() < 0 ? 1 : 0;
      quant(name, List.of(real, scale, zero), levels.bits(), signed, 0);
      return new Value(name, true, levels);
    }

    @Override
    String weights(String name, Weights weights) {
      List<Long> dims = new ArrayList<>(Collections.nCopies(weights.dims().size(), 1L));
      dims.set(0, (long) weights.outputs());
      String real = graph.reals(name + ".w", reals(weights), weights.dims());
      String scale = graph.reals(name + ".w_scale", weights.scales(), dims);
      String zero = graph.real(name + ".w_zero", 0);
      return quant(name + ".w_quant", List.of(real, scale, zero), weightBits, 1, 1);
    }

    private String quant(String name, List<String> grid, int bits, long signed, long narrow) {
      List<String> inputs = new ArrayList<>(grid);
      inputs.add(graph.real(name + "_bits", bits));
      return graph.node(domain, "Quant", name, inputs, "signed", signed, "narrow", narrow);
    }
  }

  /** Operators on integers: the standard ones and those of ONNX Runtime. */
  static final class QOperator extends Dialect {
    private static final String MICROSOFT = "com.microsoft";

    QOperator(GraphWriter graph, DataType element) {
      super(graph, element);
    }

    @Override
    Value image(Levels levels) {
      graph.input("image", 1, 3, 8, 8);
      Value image = new Value("image_grid", false, levels);
      graph.node("QuantizeLinear", image.name(), quantization(image, "image"));
      return image;
    }

    @Override
    Value conv(String name, Value x, Weights weights, long groups, Levels levels) {
      Value y = new Value(name, false, levels);
      List<String> inputs = layerInputs(name, x, weights);
      String bias = inputs.remove(inputs.size() - 1);
      inputs.addAll(output(y));
      inputs.add(bias);
      graph.node("QLinearConv", name, inputs, "group", groups, "pads", padding());
      return y;
    }

    @Override
    Value add(String name, Value left, Value right, Levels levels) {
      Value y = new Value(name, false, levels);
      List<String> inputs = new ArrayList<>(quantization(left, integers(left)));
      inputs.addAll(quantization(right, integers(right)));
      inputs.addAll(output(y));
      graph.node(MICROSOFT, "QLinearAdd", name, inputs);
      return y;
    }

    @Override
    Value maxPool(String name, Value x) {
      List<String> inputs = List.of(integers(x));
      graph.node("MaxPool", name, inputs, "kernel_shape", square(2), "strides", square(2));
      return new Value(name, false, x.levels());
    }

    @Override
    Value globalAveragePool(String name, Value x, Levels levels) {
      return unary("QLinearGlobalAveragePool", name, x, levels);
    }

    @Override
    Value dense(String name, Value x, Weights weights, Levels levels) {
      String flat = graph.node("Flatten", name + "_flat", List.of(integers(x)));
      Value vector = new Value(flat, false, x.levels());
      Value y = new Value(name, false, levels);
      List<String> inputs = layerInputs(name, vector, weights);
      inputs.addAll(output(y));
      graph.node(MICROSOFT, "QGemm", name, inputs, "transB", 1L);
      return y;
    }

    @Override
    Value softmax(String name, Value x, Levels levels) {
      return unary("QLinearSoftmax", name, x, levels, "axis", 1L, "opset", 13L);
    }

    private Value unary(String opType, String name, Value x, Levels levels, Object... attributes) {
      Value y = new Value(name, false, levels);
      List<String> inputs = new ArrayList<>(quantization(x, integers(x)));
      inputs.addAll(output(y));
      graph.node(MICROSOFT, opType, name, inputs, attributes);
      return y;
    }

    private List<String> layerInputs(String name, Value x, Weights weights) {
      int outputs = weights.outputs();
      List<Long> row = List.of((long) outputs);
      List<String> inputs = new ArrayList<>(quantization(x, integers(x)));
      inputs.add(graph.integers(name + ".w", DataType.INT8, weights.integers(), weights.dims()));
      inputs.add(graph.reals(name + ".w_scale", weights.scales(), row));
      inputs.add(
          graph.integers(name + ".w_zero", DataType.INT8, Collections.nCopies(outputs, 0), row));
      inputs.add(graph.integers(name + ".b", DataType.INT32, weights.bias(), row));
      return inputs;
    }

    private List<String> output(Value y) {
      return quantization(y, y.name() + "_y").subList(1, 3);
    }
  }

  /** Each layer in another dialect. */
  static final class Mixed extends Dialect {
    private final Dialect qdq;
    private final Dialect qonnx;
    private final Dialect operators;

    Mixed(GraphWriter graph) {
      super(graph, DataType.UINT8);
      qdq = new Qdq(graph, DataType.UINT8, true);
      qonnx = new Qonnx(graph, element, "onnx.brevitas", 8);
      operators = new QOperator(graph, DataType.UINT8);
    }

    @Override
    Value image(Levels levels) {
      return qonnx.image(levels);
    }

    @Override
    Value conv(String name, Value x, Weights weights, long groups, Levels levels) {
      return (groups == 1 ? qdq : operators).conv(name, x, weights, groups, levels);
    }

    @Override
    Value add(String name, Value left, Value right, Levels levels) {
      return qonnx.add(name, left, right, levels);
    }

    @Override
    Value maxPool(String name, Value x) {
      return operators.maxPool(name, x);
    }

    @Override
    Value globalAveragePool(String name, Value x, Levels levels) {
      return qdq.globalAveragePool(name, x, levels);
    }

    @Override
    Value dense(String name, Value x, Weights weights, Levels levels) {
      return qonnx.dense(name, x, weights, levels);
    }

    @Override
    Value softmax(String name, Value x, Levels levels) {
      return operators.softmax(name, x, levels);
    }
  }
}

package io.mcudeploy.tflite;

import static io.mcudeploy.tflite.ElementwiseMappings.binary;
import static io.mcudeploy.tflite.ElementwiseMappings.chain;
import static io.mcudeploy.tflite.ElementwiseMappings.clamp;
import static io.mcudeploy.tflite.ElementwiseMappings.clampedBinary;
import static io.mcudeploy.tflite.ElementwiseMappings.comparison;
import static io.mcudeploy.tflite.ElementwiseMappings.unary;
import static io.mcudeploy.tflite.ReductionMappings.reduce;

import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Comparison.Relation;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.UnaryFunction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every TFLite operator that can be imported, and what it is imported as. */
public final class OperatorMappings {
  private static final List<SupportedOperator> TABLE =
      List.of(
          row("ABS", unary(ElementaryFunction.ABS)),
          row("ADD", clampedBinary(BinaryFunction.ADD)),
          row("ADD_N", ElementwiseMappings::addN),
          row("ARG_MAX", ReductionMappings::argMax, "constant axis"),
          row("ARG_MIN", ReductionMappings::argMin, "constant axis"),
          row("AVERAGE_POOL_2D", LayerMappings::averagePool2d),
          row("BATCH_MATMUL", LayerMappings::batchMatMul),
          row("BROADCAST_TO", ShapeMappings::broadcastTo, "constant shape"),
          row("CAST", ElementwiseMappings::cast, "not to quantized integers"),
          row("CEIL", unary(ElementaryFunction.CEIL)),
          row("CONCATENATION", ShapeMappings::concatenation),
          row("CONV_2D", LayerMappings::conv2d),
          row("COS", unary(ElementaryFunction.COS)),
          row("DEPTHWISE_CONV_2D", LayerMappings::depthwiseConv2d),
          row("DEPTH_TO_SPACE", ShapeMappings::depthToSpace),
          row("DEQUANTIZE", ElementwiseMappings::dequantize),
          row("DIV", clampedBinary(BinaryFunction.DIV)),
          row("ELU", unary(new UnaryFunction.Elu(1))),
          row("EQUAL", comparison(Relation.EQUAL)),
          row("EXP", unary(ElementaryFunction.EXP)),
          row("EXPAND_DIMS", ShapeMappings::expandDims, "constant axis"),
          row("FLOOR", unary(ElementaryFunction.FLOOR)),
          row("FLOOR_DIV", ElementwiseMappings::floorDiv),
          row("FULLY_CONNECTED", LayerMappings::fullyConnected, "weights in the default format"),
          row("GATHER", ShapeMappings::gather, "constant indices, no batch dimensions"),
          row("GELU", unary(ElementwiseMappings::gelu)),
          row("GREATER", comparison(Relation.GREATER)),
          row("GREATER_EQUAL", comparison(Relation.GREATER_OR_EQUAL)),
          row("HARD_SWISH", unary(ElementaryFunction.HARD_SWISH)),
          row("L2_NORMALIZATION", ReductionMappings::l2Normalization),
          row("LEAKY_RELU", unary(ElementwiseMappings::leakyRelu)),
          row("LESS", comparison(Relation.LESS)),
          row("LESS_EQUAL", comparison(Relation.LESS_OR_EQUAL)),
          row("LOG", unary(ElementaryFunction.LOG)),
          row("LOGICAL_AND", comparison(Relation.AND)),
          row("LOGICAL_NOT", ElementwiseMappings::not),
          row("LOGICAL_OR", comparison(Relation.OR)),
          row("LOGISTIC", unary(ElementaryFunction.SIGMOID)),
          row("LOG_SOFTMAX", ReductionMappings::logSoftmax),
          row("MAXIMUM", binary(BinaryFunction.MAX)),
          row("MAX_POOL_2D", LayerMappings::maxPool2d),
          row("MEAN", reduce(ReduceFunction.MEAN), "constant axes"),
          row("MINIMUM", binary(BinaryFunction.MIN)),
          row("MIRROR_PAD", ShapeMappings::mirrorPad, "constant amounts"),
          row("MUL", clampedBinary(BinaryFunction.MUL)),
          row("NEG", unary(ElementaryFunction.NEG)),
          row("NOT_EQUAL", ElementwiseMappings::notEqual),
          row("PACK", ShapeMappings::pack),
          row("PAD", ShapeMappings::pad, "constant amounts"),
          row("PADV2", ShapeMappings::pad, "constant amounts and value"),
          row("POW", binary(BinaryFunction.POW)),
          row("PRELU", binary(BinaryFunction.PRELU)),
          row("QUANTIZE", ElementwiseMappings::quantize),
          row("REDUCE_MAX", reduce(ReduceFunction.MAX), "constant axes"),
          row("REDUCE_MIN", reduce(ReduceFunction.MIN), "constant axes"),
          row("REDUCE_PROD", reduce(ReduceFunction.PROD), "constant axes"),
          row("RELU", clamp(0, Double.POSITIVE_INFINITY)),
          row("RELU6", clamp(0, 6)),
          row("RELU_0_TO_1", clamp(0, 1)),
          row("RELU_N1_TO_1", clamp(-1, 1)),
          row("RESHAPE", ShapeMappings::reshape, "constant shape"),
          row("RESIZE_BILINEAR", ShapeMappings::resizeBilinear, "constant size"),
          row("RESIZE_NEAREST_NEIGHBOR", ShapeMappings::resizeNearest, "constant size"),
          row("REVERSE_V2", ShapeMappings::reverse, "constant axes"),
          row("ROUND", unary(ElementaryFunction.ROUND)),
          row("RSQRT", chain(ElementaryFunction.SQRT, ElementaryFunction.RECIPROCAL)),
          row("SELECT", ElementwiseMappings::select),
          row("SELECT_V2", ElementwiseMappings::select),
          row("SHAPE", ShapeMappings::shape),
          row("SIGN", unary(ElementaryFunction.SIGN)),
          row("SIN", unary(ElementaryFunction.SIN)),
          row("SLICE", ShapeMappings::slice, "constant limits"),
          row("SOFTMAX", ReductionMappings::softmax, "beta 1"),
          row("SPACE_TO_DEPTH", ShapeMappings::spaceToDepth),
          row("SPLIT", ShapeMappings::split, "constant axis"),
          row("SPLIT_V", ShapeMappings::splitV, "constant sizes and axis"),
          row("SQRT", unary(ElementaryFunction.SQRT)),
          row("SQUARE", ElementwiseMappings::square),
          row("SQUARED_DIFFERENCE", ElementwiseMappings::squaredDifference),
          row("SQUEEZE", ShapeMappings::squeeze),
          row("STRIDED_SLICE", ShapeMappings::stridedSlice, "constant limits, no new axes"),
          row("SUB", clampedBinary(BinaryFunction.SUB)),
          row("SUM", reduce(ReduceFunction.SUM), "constant axes"),
          row("SVDF", RecurrentMappings::svdf, "constant weights"),
          row("TANH", unary(ElementaryFunction.TANH)),
          row("TILE", ShapeMappings::tile, "constant repeats"),
          row("TRANSPOSE", ShapeMappings::transpose, "constant order"),
          row("TRANSPOSE_CONV", LayerMappings::transposeConv, "constant shape"),
          row(
              "UNIDIRECTIONAL_SEQUENCE_LSTM",
              RecurrentMappings::unidirectionalSequenceLstm,
              "tanh, no peepholes, projection or layer normalization"),
          row("UNPACK", ShapeMappings::unpack));

  private static final Map<String, SupportedOperator> BY_NAME =
      TABLE.stream().collect(Collectors.toMap(SupportedOperator::name, Function.identity()));

  private OperatorMappings() {}

  /** All of them, in alphabetical order. */
  public static List<SupportedOperator> all() {
    return TABLE;
  }

  /** The mapping of a builtin operator. */
  public static Optional<SupportedOperator> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  private static SupportedOperator row(String name, OperatorMapping mapping) {
    return row(name, mapping, "");
  }

  private static SupportedOperator row(String name, OperatorMapping mapping, String limits) {
    return new SupportedOperator(name, mapping, limits);
  }
}

package io.mcudeploy.onnx;

import static io.mcudeploy.onnx.ElementwiseMappings.binary;
import static io.mcudeploy.onnx.ElementwiseMappings.comparison;
import static io.mcudeploy.onnx.ElementwiseMappings.unary;
import static io.mcudeploy.onnx.ElementwiseMappings.variadic;
import static io.mcudeploy.onnx.ReductionMappings.global;
import static io.mcudeploy.onnx.ReductionMappings.reduce;

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
import java.util.stream.Stream;

/** Every ONNX operator that can be imported, and what it is imported as. */
public final class NodeMappings {
  private static final List<SupportedOperator> TABLE =
      List.of(
          row("Abs", unary(ElementaryFunction.ABS)),
          row("Add", binary(BinaryFunction.ADD)),
          row("And", comparison(Relation.AND)),
          row("ArgMax", ReductionMappings::argMax, "float input"),
          row("ArgMin", ReductionMappings::argMin, "float input"),
          row("AveragePool", ImageMappings::averagePool),
          row(
              "BatchNormalization",
              NormalizationMappings::batchNormalization,
              "inference mode, one output"),
          row("Cast", ElementwiseMappings::cast, "no 4-bit or 8-bit floats"),
          row("CastLike", ElementwiseMappings::castLike),
          row("Ceil", unary(ElementaryFunction.CEIL)),
          row("Celu", unary(ElementwiseMappings::celu)),
          row("Clip", ElementwiseMappings::clip),
          row("Compress", IndexMappings::compress, "constant condition"),
          row("Concat", ShapeMappings::concat),
          row("Constant", ConstantMappings::constant, "no strings or sparse tensors"),
          row("ConstantOfShape", ConstantMappings::constantOfShape, "constant shape"),
          row("Conv", ImageMappings::conv, "1-D and 2-D"),
          row("ConvInteger", QOperatorMappings::convInteger, "1-D and 2-D"),
          row("ConvTranspose", ImageMappings::convTranspose, "1-D and 2-D"),
          row("Cos", unary(ElementaryFunction.COS)),
          row("CumSum", IndexMappings::cumSum, "constant axis"),
          row("DepthToSpace", ShapeMappings::depthToSpace),
          row(
              "DequantizeLinear",
              QuantizationMappings::dequantizeLinear,
              "constant scales, not in blocks"),
          row("Div", binary(BinaryFunction.DIV)),
          row("Dropout", ConstantMappings::dropout, "inference mode"),
          row("DynamicQuantizeLinear", QOperatorMappings::dynamicQuantizeLinear, "static scale"),
          row("Einsum", MatrixMappings::einsum, "no repeated letter within an operand"),
          row("Elu", unary(ElementwiseMappings::elu)),
          row("Equal", comparison(Relation.EQUAL)),
          row("Erf", unary(ElementaryFunction.ERF)),
          row("Exp", unary(ElementaryFunction.EXP)),
          row("Expand", ShapeMappings::expand, "constant shape"),
          row("Flatten", ShapeMappings::flatten),
          row("Floor", unary(ElementaryFunction.FLOOR)),
          row("GRU", RecurrentMappings::gru, RecurrentMappings.LIMITS),
          row("Gather", IndexMappings::gather),
          row("GatherElements", IndexMappings::gatherElements),
          row("GatherND", IndexMappings::gatherNd, "constant indices"),
          row("Gelu", unary(ElementwiseMappings::gelu)),
          row("Gemm", MatrixMappings::gemm),
          row("GlobalAveragePool", global(ReduceFunction.MEAN)),
          row("GlobalLpPool", ReductionMappings::globalLpPool, "p=1 and p=2"),
          row("GlobalMaxPool", global(ReduceFunction.MAX)),
          row("Greater", comparison(Relation.GREATER)),
          row("GreaterOrEqual", comparison(Relation.GREATER_OR_EQUAL)),
          row("GroupNormalization", NormalizationMappings::groupNormalization),
          row("HardSigmoid", unary(ElementwiseMappings::hardSigmoid)),
          row("HardSwish", unary(ElementaryFunction.HARD_SWISH)),
          row("Hardmax", NormalizationMappings::hardmax),
          row("Identity", ShapeMappings::identity),
          row("InstanceNormalization", NormalizationMappings::instanceNormalization),
          row("IsInf", ElementwiseMappings::isInf),
          row("IsNaN", ElementwiseMappings::isNaN),
          row("LSTM", RecurrentMappings::lstm, RecurrentMappings.LIMITS),
          row("LayerNormalization", NormalizationMappings::layerNormalization),
          row("LeakyRelu", unary(ElementwiseMappings::leakyRelu)),
          row("Less", comparison(Relation.LESS)),
          row("LessOrEqual", comparison(Relation.LESS_OR_EQUAL)),
          row("Log", unary(ElementaryFunction.LOG)),
          row("LogSoftmax", NormalizationMappings::logSoftmax),
          row("LpNormalization", NormalizationMappings::lpNormalization),
          row("LpPool", ImageMappings::lpPool, "p=1 and p=2, ceil_mode=0"),
          row("MatMul", MatrixMappings::matMul),
          row("MatMulInteger", QOperatorMappings::matMulInteger),
          row("Max", variadic(BinaryFunction.MAX)),
          row("MaxPool", ImageMappings::maxPool, "no indices"),
          row("Mean", ElementwiseMappings::mean),
          row("MeanVarianceNormalization", NormalizationMappings::meanVarianceNormalization),
          row("Min", variadic(BinaryFunction.MIN)),
          row("Mish", unary(ElementaryFunction.MISH)),
          row("Mod", ElementwiseMappings::mod),
          row("Mul", binary(BinaryFunction.MUL)),
          row("Neg", unary(ElementaryFunction.NEG)),
          row("NonZero", ConstantMappings::nonZero, "constant input"),
          row("Not", ElementwiseMappings::not),
          row("OneHot", IndexMappings::oneHot, "constant depth and values"),
          row("Or", comparison(Relation.OR)),
          row("PRelu", binary(BinaryFunction.PRELU)),
          row("Pad", ShapeMappings::pad, "constant amounts and value"),
          row("Pow", ElementwiseMappings::pow),
          row("QLinearConv", QOperatorMappings::qLinearConv, "1-D and 2-D"),
          row("QLinearMatMul", QOperatorMappings::qLinearMatMul),
          row(
              "QuantizeLinear",
              QuantizationMappings::quantizeLinear,
              "to 8, 16 or 32 bits; constant scales, not in blocks"),
          row("RMSNormalization", NormalizationMappings::rmsNormalization),
          row("RNN", RecurrentMappings::rnn, RecurrentMappings.LIMITS),
          row("Range", ConstantMappings::range, "constant limits"),
          row("Reciprocal", unary(ElementaryFunction.RECIPROCAL)),
          row("ReduceL1", reduce(ReduceFunction.L1, 18), "constant axes"),
          row("ReduceL2", reduce(ReduceFunction.L2, 18), "constant axes"),
          row("ReduceLogSum", ReductionMappings::logSum, "constant axes"),
          row("ReduceLogSumExp", ReductionMappings::logSumExp, "constant axes"),
          row("ReduceMax", reduce(ReduceFunction.MAX, 18), "constant axes"),
          row("ReduceMean", reduce(ReduceFunction.MEAN, 18), "constant axes"),
          row("ReduceMin", reduce(ReduceFunction.MIN, 18), "constant axes"),
          row("ReduceProd", reduce(ReduceFunction.PROD, 18), "constant axes"),
          row("ReduceSum", reduce(ReduceFunction.SUM, 13), "constant axes"),
          row("ReduceSumSquare", reduce(ReduceFunction.SUM_SQUARE, 18), "constant axes"),
          row("Relu", unary(UnaryFunction.Clamp.RELU)),
          row("Reshape", ShapeMappings::reshape, "constant shape"),
          row("Resize", ResizeMappings::resize, "constant scales or sizes"),
          row("Round", unary(ElementaryFunction.ROUND)),
          row("Scatter", IndexMappings::scatterElements, "constant indices"),
          row("ScatterElements", IndexMappings::scatterElements, "constant indices"),
          row("ScatterND", IndexMappings::scatterNd, "constant indices"),
          row("Selu", unary(ElementwiseMappings::selu)),
          row("Shape", ConstantMappings::shape),
          row("Shrink", unary(ElementwiseMappings::shrink)),
          row("Sigmoid", unary(ElementaryFunction.SIGMOID)),
          row("Sign", unary(ElementaryFunction.SIGN)),
          row("Sin", unary(ElementaryFunction.SIN)),
          row("Size", ConstantMappings::size),
          row("Slice", ShapeMappings::slice, "constant limits"),
          row("Softmax", NormalizationMappings::softmax),
          row("Softplus", unary(ElementaryFunction.SOFTPLUS)),
          row("Softsign", unary(ElementaryFunction.SOFTSIGN)),
          row("SpaceToDepth", ShapeMappings::spaceToDepth),
          row("Split", ShapeMappings::split, "constant parts"),
          row("Sqrt", unary(ElementaryFunction.SQRT)),
          row("Squeeze", ShapeMappings::squeeze, "constant axes"),
          row("Sub", binary(BinaryFunction.SUB)),
          row("Sum", variadic(BinaryFunction.ADD)),
          row("Swish", unary(ElementwiseMappings::swish)),
          row("Tanh", unary(ElementaryFunction.TANH)),
          row("ThresholdedRelu", unary(ElementwiseMappings::thresholdedRelu)),
          row("Tile", ShapeMappings::tile, "constant repeats"),
          row("TopK", IndexMappings::topK, "constant k"),
          row("Transpose", ShapeMappings::transpose),
          row("Trilu", IndexMappings::trilu, "constant diagonal"),
          row("Unsqueeze", ShapeMappings::unsqueeze, "constant axes"),
          row("Upsample", ResizeMappings::upsample, "constant scales"),
          row("Where", ElementwiseMappings::where),
          row("Xor", comparison(Relation.XOR)));

  private static final List<SupportedOperator> ALL =
      Stream.of(TABLE, MicrosoftMappings.TABLE, QonnxMappings.TABLE).flatMap(List::stream).toList();

  private static final Map<String, SupportedOperator> BY_NAME =
      ALL.stream().collect(Collectors.toMap(SupportedOperator::name, Function.identity()));

  private NodeMappings() {}

  /** All of them, domain by domain, the standard one first, each in alphabetical order. */
  public static List<SupportedOperator> all() {
    return ALL;
  }

  /**
   * The mapping of an operator. Early QONNX files state no domain for its operators, whose names
   * the standard domain does not have.
   *
   * @param domain in its canonical form
   */
  static Optional<SupportedOperator> find(String domain, String opType) {
    String name = domain.isEmpty() ? opType : domain + "." + opType;
    return Optional.ofNullable(BY_NAME.get(name))
        .or(
            () ->
                domain.isEmpty()
                    ? Optional.ofNullable(BY_NAME.get(QonnxMappings.DOMAIN + "." + opType))
                    : Optional.empty());
  }

  private static SupportedOperator row(String opType, NodeMapping mapping) {
    return row(opType, mapping, "");
  }

  private static SupportedOperator row(String opType, NodeMapping mapping, String limits) {
    return new SupportedOperator("", opType, mapping, limits);
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.diagnostics.Numbers;
import io.mcudeploy.operators.CapsuleRouting.Output;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.CapsuleRouting;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What all templates of capsule routing name. Parts that a layer may lack (initial logits, passes
 * beyond the first, lengths) are lists of no or one element, for {@code #foreach}.
 */
public final class RoutingCode {
  private RoutingCode() {}

  /** The sizes, formats and optional parts. */
  public static KernelCode arguments(KernelCode code, CapsuleRouting layer) {
    boolean lengths = layer.output() == Output.LENGTHS;
    int passes = layer.routedPasses();
    return SquashCode.arguments(code, layer.table())
        .with("inputs", layer.inputCapsules())
        .with("inputDimension", layer.inputDimension())
        .with("outputs", layer.outputCapsules())
        .with("dimension", layer.outputDimension())
        .with("vector", layer.outputCapsules() * layer.outputDimension())
        .with("weightsPerInput", layer.weights().length() / layer.inputCapsules())
        .with("elements", IntStream.range(0, layer.inputDimension()).boxed().toList())
        .with("iterations", layer.iterations())
        .with("firstRouted", layer.iterations() - passes)
        .with("predictionShift", layer.predictionShift())
        .with("predictionHalf", 1 << (layer.predictionShift() - 1))
        .with("predictionBound", Numbers.grouped(layer.predictionBound()))
        .with("couplingBits", layer.couplingBits())
        .with("couplingOne", 1 << layer.couplingBits())
        .with("reciprocalOne", 1 << (16 + layer.couplingBits()))
        .with("agreementShift", layer.agreementShift())
        .with("agreementHalf", 1 << (layer.agreementShift() - 1))
        .with("logitShift", layer.logitShift())
        .with("logitHalf", 1 << (layer.logitShift() - 1))
        .with("logitBound", Numbers.grouped(layer.logitDistanceBound()))
        .with("initialStep", 1 << layer.initialShift())
        .with("initialNote", layer.isPrimed() ? "initial logit + " : "")
        .with("sumBound", Numbers.grouped(layer.sumBound()))
        .with("biasNote", isBiased(layer) ? " + bias[j][d]" : "")
        .with("uniform", optional(!layer.isPrimed()))
        .with("primed", optional(layer.isPrimed()))
        .with("routed", optional(passes > 0))
        .with("vectors", optional(!lengths))
        .with("lengths", optional(lengths))
        .with("lengthDrop", CapsuleRouting.VECTOR_BITS - 8 + layer.lengthOctaves())
        .with(
            "outputNote",
            lengths
                ? "[%d] int8, length = (y + 128) / %d"
                    .formatted(layer.outputCapsules(), 256 >> layer.lengthOctaves())
                : "[%d][%d] int8, real = y / 128"
                    .formatted(layer.outputCapsules(), layer.outputDimension()));
  }

  /**
   * The constants behind the weights, in this order, those a layer lacks left out: {@code
   * multiplier, first_bias, first_ratio, bias, ratio, agreement_multiplier, logits, exponentials,
   * factors, shifts}.
   */
  public static KernelCode constants(KernelCode code, CapsuleRouting layer) {
    KernelCode more =
        code.with(
            ConstantArray.int32(
                "multiplier", layer.predictionMultipliers(), "from products to predictions"));
    if (!layer.isPrimed()) {
      if (isBiased(layer)) {
        more = more.with(ConstantArray.int32("first_bias", layer.firstBias(), "first pass"));
      }
      more =
          more.with(
              SquashCode.ratios("first_ratio", layer.firstRatios(), "first pass to squash table"));
    }
    if (layer.routedPasses() > 0) {
      if (isBiased(layer)) {
        more = more.with(ConstantArray.int32("bias", layer.bias(), "later passes"));
      }
      more =
          more.with(SquashCode.ratios("ratio", layer.ratios(), "later passes to squash table"))
              .with(
                  ConstantArray.int32(
                      "agreement_multiplier",
                      layer.agreementMultipliers(),
                      "the scale of the predictions, for common logits"));
      if (layer.isPrimed()) {
        more =
            more.with(
                new ConstantArray(
                    "logits",
                    CType.INT16,
                    layer.initialLogits(),
                    0,
                    "initial logits [outputs][inputs]"));
      }
      more =
          more.with(
              new ConstantArray(
                  "exponentials", CType.UINT16, layer.exponentials(), 16, "exp(-i / 16)"));
    }
    return SquashCode.constants(more, layer.table());
  }

  /** The part of a function's name that says its geometry. */
  public static String stem(CapsuleRouting layer) {
    return "capsule_routing_%dx%d_%dx%d"
        .formatted(
            layer.inputCapsules(),
            layer.inputDimension(),
            layer.outputCapsules(),
            layer.outputDimension());
  }

  /** Whether any bias is not 0. */
  public static boolean isBiased(CapsuleRouting layer) {
    return isNonZero(layer.firstBias()) || isNonZero(layer.bias());
  }

  static boolean isOverInputs(CapsuleRouting layer) {
    return layer.softmaxOver() == SoftmaxOver.INPUT;
  }

  /** A list for {@code #foreach} that runs once or not at all. */
  public static List<Integer> optional(boolean present) {
    return present ? List.of(0) : Collections.emptyList();
  }

  private static boolean isNonZero(Int32Array array) {
    return Arrays.stream(array.toArray()).anyMatch(each -> each != 0);
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.operators.CapsuleRouting;
import java.util.List;

/**
 * Capsule routing, portable. Four input capsules at a time, so that V and the sums are loaded once
 * for four. The predictions are kept, or computed again in each pass where memory is scarce. With
 * the softmax over the input capsules, one output capsule after another: only its predictions are
 * ever needed.
 */
final class CapsuleRoutingKernel implements Kernel<CapsuleRouting> {
  private static final int BLOCK = 4;

  @Override
  public Class<CapsuleRouting> operator() {
    return CapsuleRouting.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(CapsuleRouting layer) {
    if (RoutingCode.isOverInputs(layer)) {
      return List.of(overInputs(layer));
    }
    return layer.routedPasses() > 0
        ? List.of(overOutputs(layer, true), overOutputs(layer, false))
        : List.of(overOutputs(layer, false));
  }

  private static KernelCode overOutputs(CapsuleRouting layer, boolean kept) {
    int vector = layer.outputCapsules() * layer.outputDimension();
    int width = Math.min(BLOCK, layer.inputCapsules());
    boolean routed = layer.routedPasses() > 0;
    int predictionsAt = routed ? 2 * vector + width * layer.outputCapsules() : vector;
    int predictions = kept ? layer.inputCapsules() * vector : (routed ? width : 1) * vector;
    boolean biased = RoutingCode.isBiased(layer);
    KernelCode code =
        RoutingCode.arguments(
                KernelCode.of(RoutingCode.stem(layer), "portable/capsule_routing.c.vm"), layer)
            .with("predictionsAt", predictionsAt)
            .with("predictionsNote", kept ? "are kept" : "are computed again in each pass")
            .with("keptIndex", kept ? "i * " + vector : "0")
            .with("recomputed", RoutingCode.optional(!kept))
            .with("primedKept", RoutingCode.optional(kept && layer.isPrimed()))
            .with("firstBias", biased ? " + first_bias[k]" : "")
            .with("bias", biased ? "bias[k]" : "0")
            .with("blocks", Blocks.of(layer.inputCapsules(), BLOCK))
            .with(
                "scratchNote",
                (routed ? ", powers [%d][%d]".formatted(layer.outputCapsules(), width) : "")
                    + ", predictions [%d][%d][%d] int8"
                        .formatted(
                            predictions / vector, layer.outputCapsules(), layer.outputDimension()))
            .reading("u")
            .with(
                ConstantArray.int8(
                    "weights",
                    byInput(layer),
                    layer.inputDimension() * layer.outputDimension(),
                    "[%d inputs][%d outputs][%d][%d], one scale an output"
                        .formatted(
                            layer.inputCapsules(),
                            layer.outputCapsules(),
                            layer.outputDimension(),
                            layer.inputDimension())));
    return RoutingCode.constants(code, layer)
        .withScratch(new Scratch("scratch", CType.INT32, predictionsAt + (predictions + 3) / 4))
        .costing(
            cost(layer, kept), kept ? "predictions kept" : "predictions recomputed in each pass");
  }

  private static KernelCode overInputs(CapsuleRouting layer) {
    int dimension = layer.outputDimension();
    boolean biased = RoutingCode.isBiased(layer);
    KernelCode code =
        RoutingCode.arguments(
                KernelCode.of(RoutingCode.stem(layer), "portable/capsule_routing_over_inputs.c.vm"),
                layer)
            .with("firstBias", biased ? " + first_bias[j * " + dimension + " + d]" : "")
            .with("biased", RoutingCode.optional(biased))
            .with("meanBiasBits", CapsuleRouting.MEAN_BIAS_BITS)
            .with("meanShift", 31 - layer.couplingBits())
            .with("sumFirst", layer.isPrimed() ? "" : "s[d] += *p;")
            .with(
                "initialLogit",
                layer.isPrimed()
                    ? "logits[j * %d + i] * %d"
                        .formatted(layer.inputCapsules(), 1 << layer.initialShift())
                    : "0")
            .reading("u")
            .with(
                ConstantArray.int8(
                    "weights",
                    layer.weights(),
                    layer.inputDimension() * dimension,
                    "[%d outputs][%d inputs][%d][%d], one scale an output"
                        .formatted(
                            layer.outputCapsules(),
                            layer.inputCapsules(),
                            dimension,
                            layer.inputDimension())));
    return RoutingCode.constants(code, layer)
        .withScratch(
            new Scratch(
                "scratch",
                CType.INT32,
                2 * dimension + (layer.inputCapsules() * dimension + 3) / 4))
        .costing(cost(layer, true) * 5 / 4, "one output capsule after another");
  }

  /** Per prediction and pass what the loops take on a Cortex-M3, roughly. */
  private static long cost(CapsuleRouting layer, boolean kept) {
    long pairs = (long) layer.inputCapsules() * layer.outputCapsules();
    long predictions = pairs * layer.outputDimension();
    long predict = predictions * (3L * layer.inputDimension() + 10);
    long route = predictions * 5 + pairs * 25;
    int passes = layer.routedPasses();
    return predict * (kept ? 1 : passes + (layer.isPrimed() ? 0 : 1)) + route * passes;
  }

  /** Weights as [I][J][Dout][Din]. */
  private static Int8Array byInput(CapsuleRouting layer) {
    int matrix = layer.outputDimension() * layer.inputDimension();
    byte[] packed = new byte[layer.weights().length()];
    int at = 0;
    for (int i = 0; i < layer.inputCapsules(); i++) {
      for (int j = 0; j < layer.outputCapsules(); j++) {
        int from = (j * layer.inputCapsules() + i) * matrix;
        for (int k = 0; k < matrix; k++) {
          packed[at++] = layer.weights().get(from + k);
        }
      }
    }
    return Int8Array.of(packed);
  }
}

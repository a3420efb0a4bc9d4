package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.RoutingCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.operators.CapsuleRouting;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Capsule routing with a lane for each of eight input capsules: predictions, agreement, softmax and
 * sums of eight capsules at a time. Layers whose input capsules are not a multiple of eight of an
 * even number of elements, or with the softmax over the input capsules, are left to other families.
 */
public final class MveCapsuleRouting implements Kernel<CapsuleRouting> {
  /** Input capsules in a vector. */
  private static final int BLOCK = 8;

  private static final int HALF_WORD = 16;

  @Override
  public Class<CapsuleRouting> operator() {
    return CapsuleRouting.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(CapsuleRouting layer) {
    if (layer.softmaxOver() == SoftmaxOver.INPUT
        || layer.inputCapsules() % BLOCK != 0
        || layer.inputDimension() % 2 != 0
        || layer.predictionShift() != HALF_WORD
        || holds(layer.weights(), Byte.MIN_VALUE)) {
      return List.of();
    }
    return layer.routedPasses() > 0
        ? List.of(code(layer, true), code(layer, false))
        : List.of(code(layer, false));
  }

  private static KernelCode code(CapsuleRouting layer, boolean kept) {
    int outputs = layer.outputCapsules();
    int vector = outputs * layer.outputDimension();
    int blocks = layer.inputCapsules() / BLOCK;
    int keptBlocks = kept ? blocks : 1;
    int agreementAt = vector + (layer.routedPasses() > 0 ? outputs * BLOCK : 0);
    int predictionsAt = agreementAt + (vector + 1) / 2;
    boolean biased = RoutingCode.isBiased(layer);
    KernelCode code =
        RoutingCode.arguments(
                KernelCode.of(RoutingCode.stem(layer), "cmsis-nn/mve/capsule_routing.c.vm"), layer)
            .with("blocks", blocks)
            .with("blockInputs", BLOCK * layer.inputDimension())
            .with("blockWeights", BLOCK * vector * layer.inputDimension())
            .with("blockCapsule", BLOCK * layer.outputDimension())
            .with("pairs", pairs(layer.inputDimension(), 0))
            .with("morePairs", pairs(layer.inputDimension(), 1))
            .with("agreementAt", agreementAt)
            .with("predictionsAt", predictionsAt)
            .with("predictionsNote", kept ? "are kept" : "are computed again in each pass")
            .with("keptBlocks", keptBlocks)
            .with("keptIndex", kept ? "block * " + BLOCK * vector : "0")
            .with("recomputed", RoutingCode.optional(!kept))
            .with("primedKept", RoutingCode.optional(kept && layer.isPrimed()))
            .with("firstBias", biased ? " + first_bias[k]" : "")
            .with("bias", biased ? "bias[k]" : "0")
            .with("logit0", logits(layer, 0))
            .with("logit1", logits(layer, BLOCK / 2))
            .reading("u")
            .with(
                ConstantArray.int8(
                    "weights",
                    pack(layer),
                    BLOCK * layer.inputDimension(),
                    "[%d times 8 inputs][%d outputs][%d][%d][8], one scale an output"
                        .formatted(
                            blocks, outputs, layer.outputDimension(), layer.inputDimension())));
    return RoutingCode.constants(code, layer)
        .withScratch(
            new Scratch("scratch", CType.INT32, predictionsAt + keptBlocks * vector * BLOCK / 4))
        .costing(
            cost(layer, kept),
            kept ? "8 inputs, predictions kept" : "8 inputs, predictions recomputed");
  }

  /** The elements of an input capsule two by two, from a pair on. */
  private static List<Map<String, Integer>> pairs(int elements, int from) {
    return IntStream.range(from, elements / 2)
        .mapToObj(pair -> Map.of("first", 2 * pair, "second", 2 * pair + 1))
        .toList();
  }

  /** The logits of four capsules of a block before the agreement is added. */
  private static String logits(CapsuleRouting layer, int lane) {
    return layer.isPrimed()
        ? "vmulq_n_s32(vldrhq_s32(&logits[j * %d + block * %d + %d]), %d)"
            .formatted(layer.inputCapsules(), BLOCK, lane, 1 << layer.initialShift())
        : "vdupq_n_s32(0)";
  }

  /** From [J][I][Dout][Din] to [blocks of I][J][Dout][Din][8]. */
  private static Int8Array pack(CapsuleRouting layer) {
    int matrix = layer.outputDimension() * layer.inputDimension();
    byte[] packed = new byte[layer.weights().length()];
    int at = 0;
    for (int first = 0; first < layer.inputCapsules(); first += BLOCK) {
      for (int j = 0; j < layer.outputCapsules(); j++) {
        for (int k = 0; k < matrix; k++) {
          for (int i = first; i < first + BLOCK; i++) {
            packed[at++] = layer.weights().get((j * layer.inputCapsules() + i) * matrix + k);
          }
        }
      }
    }
    return Int8Array.of(packed);
  }

  private static boolean holds(Int8Array array, int value) {
    return IntStream.range(0, array.length()).anyMatch(i -> array.get(i) == value);
  }

  /** Instructions, from those of the inner loops. */
  private static long cost(CapsuleRouting layer, boolean kept) {
    long blocks = layer.inputCapsules() / BLOCK;
    long outputs = blocks * layer.outputCapsules();
    long predictions = outputs * layer.outputDimension();
    long predict = predictions * (11 + 4L * layer.inputDimension()) + outputs * 4;
    long route = predictions * 13 + outputs * 40 + blocks * 60;
    int passes = layer.routedPasses();
    return predict * (kept ? 1 : passes + (layer.isPrimed() ? 0 : 1)) + route * passes;
  }
}

package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.Blocks;
import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.RoutingCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.CapsuleRouting;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Capsule routing by pairs of input capsules: a word holds the predictions of two elements by both
 * capsules, which one SXTB16 makes operands of SMLAD for the agreement and of SMLAxy for the sums.
 * Odd numbers of capsules or elements are filled up with zero weights. Layers with other input
 * capsules than of 4, 8, ... elements, or with the softmax over the input capsules, are left to the
 * portable loops.
 */
public final class DspCapsuleRouting implements Kernel<CapsuleRouting> {
  /** Pairs that share a load of the sums. */
  private static final int BLOCK = 4;

  /** Words of a capsule whose sums stay in registers. */
  private static final int CHUNK = 3;

  /** Input capsules of more elements do not fit the registers. */
  private static final int MOST_ELEMENTS = 16;

  private static final int HALF_WORD = 16;

  @Override
  public Class<CapsuleRouting> operator() {
    return CapsuleRouting.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(CapsuleRouting layer) {
    if (layer.softmaxOver() == SoftmaxOver.INPUT
        || layer.inputDimension() % 4 != 0
        || layer.inputDimension() > MOST_ELEMENTS
        || layer.predictionShift() != HALF_WORD) {
      return List.of();
    }
    return layer.routedPasses() > 0
        ? List.of(code(layer, true), code(layer, false))
        : List.of(code(layer, false));
  }

  private static KernelCode code(CapsuleRouting layer, boolean kept) {
    int outputs = layer.outputCapsules();
    int words = (layer.outputDimension() + 1) / 2;
    int pairs = (layer.inputCapsules() + 1) / 2;
    int groups = layer.inputDimension() / 4;
    int block = Math.min(BLOCK, pairs);
    int wordsOfPair = outputs * words;
    int agreementAt = 2 * wordsOfPair;
    int powersAt = agreementAt + wordsOfPair;
    boolean routed = layer.routedPasses() > 0;
    int couplingsAt = powersAt + (routed ? 2 * outputs : 0);
    int predictionsAt = couplingsAt + (routed ? block * outputs : 0);
    int keptPairs = kept ? pairs : routed ? block : 1;
    boolean biased = RoutingCode.isBiased(layer);
    String index = "j * " + layer.outputDimension() + " + d";
    KernelCode code =
        RoutingCode.arguments(
                KernelCode.of(RoutingCode.stem(layer), "cmsis-nn/dsp/capsule_routing.c.vm"), layer)
            .with("pairs", pairs)
            .with("second", second(layer))
            .with("words", words)
            .with("wordList", range(words))
            .with("padded", 2 * words)
            .with("paddedVector", 2 * wordsOfPair)
            .with("wordsOfPair", wordsOfPair)
            .with("groups", range(groups))
            .with("moreGroups", range(groups).subList(1, groups))
            .with("groupCount", groups)
            .with("weightsPerPair", 4 * wordsOfPair * groups)
            .with("agreementAt", agreementAt)
            .with("powersAt", powersAt)
            .with("couplingsAt", couplingsAt)
            .with("predictionsAt", predictionsAt)
            .with("predictionsNote", kept ? "are kept" : "are computed again in each pass")
            .with("keptPairs", keptPairs)
            .with("keptIndex", kept ? "pair * " + wordsOfPair : "0")
            .with("blockIndex", (kept ? "pair * " : "(pair - first) * ") + wordsOfPair)
            .with("chunkIndex", kept ? "first * " + wordsOfPair : "0")
            .with("recomputed", RoutingCode.optional(!kept))
            .with("primedKept", RoutingCode.optional(kept && layer.isPrimed()))
            .with("firstBias", biased ? " + first_bias[" + index + "]" : "")
            .with("bias", biased ? "bias[" + index + "]" : "0")
            .with("logit0", logit(layer, "2 * pair"))
            .with("logit1", logit(layer, second(layer)))
            .with("blocks", Blocks.of(pairs, BLOCK))
            .with("blockPairs", block)
            .with("chunks", chunks(words))
            .reading("u")
            .with(
                new ConstantArray(
                    "weights",
                    CType.INT32,
                    pack(layer, pairs, words),
                    4 * groups,
                    "[%d pairs of inputs][%d outputs][%d pairs of elements][2][2][%d] four int8"
                        .formatted(pairs, outputs, words, groups)));
    return RoutingCode.constants(code, layer)
        .withScratch(new Scratch("scratch", CType.INT32, predictionsAt + keptPairs * wordsOfPair))
        .costing(
            cost(layer, kept),
            kept ? "pairs of inputs, predictions kept" : "pairs of inputs, predictions recomputed");
  }

  /** The second capsule of a pair; of the last pair of an odd number, any capsule. */
  private static String second(CapsuleRouting layer) {
    return layer.inputCapsules() % 2 == 0
        ? "(2 * pair + 1)"
        : "min32(2 * pair + 1, " + (layer.inputCapsules() - 1) + ")";
  }

  private static String logit(CapsuleRouting layer, String capsule) {
    return layer.isPrimed()
        ? "logits[j * %d + %s] * %d"
            .formatted(layer.inputCapsules(), capsule, 1 << layer.initialShift())
        : "0";
  }

  /** The words of a capsule, a few at a time. */
  private static List<Map<String, Object>> chunks(int words) {
    return IntStream.iterate(0, first -> first < words, first -> first + CHUNK)
        .mapToObj(first -> Blocks.of(first, Math.min(first + CHUNK, words), CHUNK).get(0))
        .toList();
  }

  /** Four weights in a word, in the order in which the predictions read them. */
  private static Int32Array pack(CapsuleRouting layer, int pairs, int words) {
    int groups = layer.inputDimension() / 4;
    int[] packed = new int[pairs * layer.outputCapsules() * words * 4 * groups];
    int at = 0;
    for (int pair = 0; pair < pairs; pair++) {
      for (int j = 0; j < layer.outputCapsules(); j++) {
        for (int word = 0; word < words; word++) {
          for (int capsule = 2 * pair; capsule < 2 * pair + 2; capsule++) {
            for (int d = 2 * word; d < 2 * word + 2; d++) {
              for (int group = 0; group < groups; group++) {
                packed[at++] = four(layer, capsule, j, d, 4 * group);
              }
            }
          }
        }
      }
    }
    return Int32Array.of(packed);
  }

  private static int four(CapsuleRouting layer, int capsule, int j, int d, int e) {
    if (capsule >= layer.inputCapsules() || d >= layer.outputDimension()) {
      return 0;
    }
    int row = (j * layer.inputCapsules() + capsule) * layer.outputDimension() + d;
    int from = row * layer.inputDimension() + e;
    return Pairs.ofInt8(
        layer.weights().get(from),
        layer.weights().get(from + 1),
        layer.weights().get(from + 2),
        layer.weights().get(from + 3));
  }

  /** Instructions, from those of the inner loops. */
  private static long cost(CapsuleRouting layer, boolean kept) {
    long vectors = (long) layer.inputCapsules() * layer.outputCapsules();
    long words = (layer.outputDimension() + 1L) / 2;
    long predict = vectors * (2 * words * (3 + 5L * layer.inputDimension() / 4) + 4);
    long route = vectors * (4 * words + 27);
    int passes = layer.routedPasses();
    return predict * (kept ? 1 : passes + (layer.isPrimed() ? 0 : 1)) + route * passes;
  }

  private static List<Integer> range(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}

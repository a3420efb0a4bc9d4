package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.Blocks;
import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.RoutingCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.CapsuleRouting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Capsule routing by pairs of input capsules: a word holds the predictions of two elements by both
 * capsules, which one SXTB16 makes operands of SMLAD for the agreement and of SMLAxy for the sums.
 * Odd numbers of capsules or elements are filled up with zero weights. Input capsules are read by
 * four elements, the last four overlapping the ones before. Smaller or larger ones, and layers with
 * the softmax over the input capsules, are left to the portable loops.
 */
public final class DspCapsuleRouting implements Kernel<CapsuleRouting> {
  /** Pairs that share a load of the sums, where predictions are kept and where they are not. */
  private static final int KEPT_BLOCK = 8;

  private static final int RECOMPUTED_BLOCK = 4;

  /** Elements that are read at once. */
  private static final int FOUR = 4;

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
        || layer.inputDimension() < FOUR
        || layer.inputDimension() > MOST_ELEMENTS
        || layer.predictionShift() != HALF_WORD) {
      return List.of();
    }
    List<KernelCode> variants = new ArrayList<>();
    for (WeightWidth width : WeightWidth.values()) {
      if (layer.routedPasses() > 0) {
        variants.add(code(layer, true, width));
      }
      variants.add(code(layer, false, width));
    }
    return variants;
  }

  private static KernelCode code(CapsuleRouting layer, boolean kept, WeightWidth width) {
    int outputs = layer.outputCapsules();
    int words = (layer.outputDimension() + 1) / 2;
    int pairs = (layer.inputCapsules() + 1) / 2;
    List<Integer> starts = starts(layer);
    int groups = starts.size();
    int wordsOfFour = width == WeightWidth.INT16 ? 2 : 1;
    int block = Math.min(kept ? KEPT_BLOCK : RECOMPUTED_BLOCK, pairs);
    int wordsOfPair = outputs * words;
    int agreementAt = 2 * wordsOfPair;
    int powersAt = agreementAt + wordsOfPair;
    boolean routed = layer.routedPasses() > 0;
    int couplingsAt = powersAt + (routed ? 2 * outputs : 0);
    int predictionsAt = couplingsAt + (routed ? block * outputs : 0);
    int keptPairs = kept ? pairs : block;
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
            .with("starts", starts)
            .with("moreGroups", range(groups).subList(1, groups))
            .with("groupCount", groups)
            .with("weightType", width.lower())
            .with("weightsPerPair", 4 * wordsOfPair * groups * wordsOfFour)
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
            .with("blocks", Blocks.of(pairs, block))
            .with("blockPairs", block)
            .with("chunks", chunks(words))
            .reading("u")
            .with(
                new ConstantArray(
                    "weights",
                    CType.INT32,
                    pack(layer, starts, width),
                    4 * groups * wordsOfFour,
                    "[%d pairs of inputs][%d outputs][%d pairs of elements][2][2][%d] four %s"
                        .formatted(pairs, outputs, words, groups, width.lower())));
    return RoutingCode.constants(code, layer)
        .withScratch(new Scratch("scratch", CType.INT32, predictionsAt + keptPairs * wordsOfPair))
        .costing(
            cost(layer, kept, width),
            "pairs of inputs, predictions %s, weights as %s"
                .formatted(kept ? "kept" : "recomputed", width.lower()));
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

  /** Where each four elements of an input capsule begin. */
  private static List<Integer> starts(CapsuleRouting layer) {
    return new ChannelGroups(layer.inputDimension()).firsts();
  }

  /** Weights by four, in the order in which the predictions read them. */
  private static Int32Array pack(CapsuleRouting layer, List<Integer> starts, WeightWidth width) {
    int pairs = (layer.inputCapsules() + 1) / 2;
    int words = (layer.outputDimension() + 1) / 2;
    int fours = pairs * layer.outputCapsules() * words * 4 * starts.size();
    int count = fours * (width == WeightWidth.INT16 ? 2 : 1);
    return Int32Array.computed(count, () -> words(layer, starts, width, count));
  }

  private static int[] words(
      CapsuleRouting layer, List<Integer> starts, WeightWidth width, int count) {
    int pairs = (layer.inputCapsules() + 1) / 2;
    int words = (layer.outputDimension() + 1) / 2;
    int[] packed = new int[count];
    int at = 0;
    for (int pair = 0; pair < pairs; pair++) {
      for (int j = 0; j < layer.outputCapsules(); j++) {
        for (int word = 0; word < words; word++) {
          for (int capsule = 2 * pair; capsule < 2 * pair + 2; capsule++) {
            for (int d = 2 * word; d < 2 * word + 2; d++) {
              for (int group = 0; group < starts.size(); group++) {
                int[] w = new int[FOUR];
                // What the group before has multiplied is left out.
                for (int e = FOUR * group - starts.get(group); e < FOUR; e++) {
                  w[e] = weight(layer, capsule, j, d, starts.get(group) + e);
                }
                if (width == WeightWidth.INT16) {
                  packed[at++] = Pairs.ofInt16(w[0], w[2]);
                  packed[at++] = Pairs.ofInt16(w[1], w[3]);
                } else {
                  packed[at++] = Pairs.ofInt8(w[0], w[1], w[2], w[3]);
                }
              }
            }
          }
        }
      }
    }
    return packed;
  }

  private static int weight(CapsuleRouting layer, int capsule, int j, int d, int e) {
    if (capsule >= layer.inputCapsules() || d >= layer.outputDimension()) {
      return 0;
    }
    int row = (j * layer.inputCapsules() + capsule) * layer.outputDimension() + d;
    return layer.weights().get(row * layer.inputDimension() + e);
  }

  /** Instructions, from those of the inner loops. */
  private static long cost(CapsuleRouting layer, boolean kept, WeightWidth width) {
    long vectors = (long) layer.inputCapsules() * layer.outputCapsules();
    long words = (layer.outputDimension() + 1L) / 2;
    long four = width == WeightWidth.INT16 ? 3 : 5;
    long predict = vectors * (2 * words * (3 + four * starts(layer).size()) + 4);
    long route = vectors * (4 * words + 27);
    int passes = layer.routedPasses();
    return predict * (kept ? 1 : passes + (layer.isPrimed() ? 0 : 1)) + route * passes;
  }

  private static List<Integer> range(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}

package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The code of a convolution that multiplies the inputs of two positions at once: they share a word,
 * 2^16 · x1 + x0, whose product with a weight is the product of each. The sums of two to four such
 * products, see {@link InputGroups}, are added to the sums of 32 bits of either position. Padding,
 * stride and dilation are matters of gathering the words alone.
 *
 * <p>On Cortex-M0, where only a load of an unsigned byte takes an offset, weights are bytes 128 too
 * large; each group of inputs then begins with −128 times the sum of its words.
 */
final class PairConv2dCode {
  /** LDRB of Armv6-M reaches so many bytes. */
  private static final int M0_REACH = 32;

  /** Inputs of a group at most: more rarely fit. */
  private static final int MOST_INPUTS = 4;

  private final Conv2d conv;
  private final ChannelOutputs outputs;
  private final boolean m0;
  private final ChannelGroups channels;
  private final InputGroups groups;

  /** Groups of inputs in a round of the loop. */
  private final int unrolled;

  private PairConv2dCode(Blocking blocking, Conv2d conv, ChannelOutputs outputs) {
    this.conv = conv;
    this.outputs = outputs;
    m0 = blocking.equals(Blocking.M0);
    channels = new ChannelGroups(conv.outputChannels(), blocking.pairOutputs());
    groups =
        InputGroups.of(conv.weights(), conv.outputChannels(), conv.weightsPerOutput(), MOST_INPUTS);
    unrolled = unrolled(m0 ? M0_REACH / (groups.size() * channels.size()) : 1);
  }

  /**
   * The code, unless the core is better off without, there are not two positions and enough
   * channels, or the sums could leave 32 bits.
   */
  static Optional<KernelCode> of(Blocking blocking, Conv2d conv, ChannelOutputs outputs) {
    Window window = conv.window();
    boolean suits =
        blocking.pairOutputs() > 0
            && conv.input() == StorageType.INT8
            && conv.output().storage() == StorageType.INT8
            && conv.groups() == 1
            && window.outputPositions() > 1
            && conv.outputChannels() >= blocking.pairOutputs()
            && conv.accumulatorBound() + 65536L * conv.weightsPerOutput() <= Integer.MAX_VALUE
            && conv.weightsPerOutput() < 1 << 14;
    return suits
        ? Optional.of(new PairConv2dCode(blocking, conv, outputs).code())
        : Optional.empty();
  }

  private KernelCode code() {
    Window window = conv.window();
    int rounds = (groups.count() + unrolled - 1) / unrolled;
    int total = rounds * unrolled;
    int words = groups.size() + (m0 ? 1 : 0);
    String stem = "conv2d_" + Geometry.stem(window) + "x" + conv.outputChannels();
    KernelCode code =
        (m0
                ? WindowCode.undivided(
                    KernelCode.of(stem, "cmsis-nn/m0/conv2d_pairs.c.vm"),
                    window,
                    conv.inputZeroPoint())
                : WindowCode.with(
                    KernelCode.of(stem, "portable/conv2d_pairs.c.vm"),
                    window,
                    conv.inputZeroPoint()))
            .with("outputChannels", conv.outputChannels())
            .with("channelGroups", channels.count())
            .with("firstChannel", channels.first())
            .with("lanes", channels.stores())
            .with("laneCount", channels.size())
            .with("inputs", groups.size())
            .with("groups", total)
            .with("words", total * words)
            .with("bound", conv.accumulatorBound())
            .with(
                new ConstantArray(
                    "weights",
                    m0 ? CType.UINT8 : CType.INT8,
                    pack(total),
                    8 * channels.size(),
                    "[%d groups of channels][%d groups of inputs][%d channels][%d inputs]%s"
                        .formatted(
                            channels.count(),
                            total,
                            channels.size(),
                            groups.size(),
                            m0 ? " + 128" : "")))
            .with(
                ConstantArray.int32(
                    "bias",
                    bias(total),
                    "the input's zero point and %d for each group folded in"
                        .formatted(InputGroups.OFFSET)))
            .with(
                new ConstantArray(
                    "places",
                    CType.UINT16,
                    Int32Array.of(
                        groups.places().stream()
                            .mapToInt(p -> p / groups.size() * words + p % groups.size())
                            .toArray()),
                    0,
                    "of each input of a window among the words"));
    code =
        m0
            ? withSteps(code, rounds)
            : code.with("inputWords", words())
                .with("products", products())
                .with("stepWeights", groups.size() * channels.size());
    return outputs
        .with(code)
        .leadingBy(RowOrder.lead(window, 1, conv.outputChannels(), 2))
        .withScratch(new Scratch("pairs", CType.UINT32, total * words))
        .costing(
            cost(),
            "2 pixels a word, %d inputs x %d channels".formatted(groups.size(), channels.size())
                + outputs.note());
  }

  /** The products of each lane as C, of the words {@code x0} and on and the weights. */
  private List<String> products() {
    return channels.stores().stream()
        .map(
            lane ->
                words().stream()
                    .map(i -> "pair_product(x%d, w[%d])".formatted(i, lane * groups.size() + i))
                    .collect(Collectors.joining(" + ")))
        .toList();
  }

  private List<Integer> words() {
    return IntStream.range(0, groups.size()).boxed().toList();
  }

  /** The macros of a round, and the words of weights where there is more than one. */
  private KernelCode withSteps(KernelCode code, int rounds) {
    List<String> steps = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < unrolled; i++) {
      steps.add("LOAD_PAIRS_" + groups.size());
      for (int lane : channels.stores()) {
        int first = at;
        List<String> places =
            IntStream.range(0, groups.size()).mapToObj(k -> String.valueOf(first + k)).toList();
        steps.add(
            "PAIR_SUMS_%d(s%d0, s%d1, %s)"
                .formatted(groups.size(), lane, lane, String.join(", ", places)));
        at += groups.size();
      }
      steps.add("NEXT_PAIRS");
    }
    return code.with("steps", steps)
        .with("stepWeights", at)
        .with("looped", rounds > 1 ? List.of(rounds) : List.of());
  }

  /** How often the loop is unrolled, so that few groups of the last round remain empty. */
  private int unrolled(int most) {
    int best = 1;
    for (int n = 2; n <= most; n++) {
      if (loopCost(n) <= loopCost(best)) {
        best = n;
      }
    }
    return best;
  }

  /** Instructions of a block beside its outputs, for a round of so many groups. */
  private int loopCost(int round) {
    return (groups.count() + round - 1) / round * (round * groupCost() + 5);
  }

  /** Instructions of a group of inputs in all channels of a block. */
  private int groupCost() {
    int product = m0 ? 3 : 2;
    return channels.size() * (groups.size() * product + 4) + 3;
  }

  private long cost() {
    Window window = conv.window();
    long pairs = (window.outputPositions() + 1L) / 2;
    long block = loopCost(unrolled) + 2L * outputs.cost() * channels.size();
    return pairs * (14L * conv.weightsPerOutput() + 60 + channels.count() * block);
  }

  /** [channel groups][groups of inputs][channels][inputs]. */
  private Int32Array pack(int total) {
    int size = groups.size();
    int[] packed = new int[channels.count() * total * channels.size() * size];
    Arrays.fill(packed, m0 ? 128 : 0);
    int start = 0;
    for (int first : channels.firsts()) {
      for (int input = 0; input < conv.weightsPerOutput(); input++) {
        int place = groups.places().get(input);
        for (int lane : channels.stores()) {
          int at = start + (place / size * channels.size() + lane) * size + place % size;
          packed[at] += conv.weights().get((first + lane) * conv.weightsPerOutput() + input);
        }
      }
      start += total * channels.size() * size;
    }
    return Int32Array.of(packed);
  }

  private Int32Array bias(int total) {
    int[] bias =
        Blocks.fold(
                outputs.biases(conv.bias()),
                conv.weights(),
                conv.weightsPerOutput(),
                conv.inputZeroPoint())
            .toArray();
    for (int o = 0; o < bias.length; o++) {
      bias[o] -= total * InputGroups.OFFSET;
    }
    return Int32Array.of(bias);
  }
}

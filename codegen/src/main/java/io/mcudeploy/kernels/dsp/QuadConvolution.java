package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.RowOrder;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Convolution with int8 weights by blocks of two channels at four positions: a weight serves four
 * products once it is widened, 16 products take 13 instructions. Half the flash of int16 weights,
 * twice the scratch.
 */
final class QuadConvolution {
  /** Steps in the body of the loop, at most. */
  private static final int MOST_UNROLLED = 8;

  private static final int STEP_COST = 13;
  private static final int CHANNELS = 2;
  private static final int POSITIONS = 4;

  private QuadConvolution() {}

  /** The kernel, where the layer has blocks and its output stage is one of the short ones. */
  static Optional<KernelCode> of(Conv2d conv, Channels channels) {
    Window window = conv.window();
    if (!(channels.isFast() || channels.hasLines())
        || conv.outputChannels() < CHANNELS
        || window.outputPositions() < POSITIONS) {
      return Optional.empty();
    }
    Unrolling unrolling = Unrolling.of(ConvolutionBlocks.steps(window), STEP_COST, MOST_UNROLLED);
    ChannelGroups groups = new ChannelGroups(conv.outputChannels(), CHANNELS);
    String stem =
        "conv2d_quads_%dx%dx%d_to_%dx%dx%d"
            .formatted(
                window.inputHeight(),
                window.inputWidth(),
                window.inputChannels(),
                window.outputHeight(),
                window.outputWidth(),
                conv.outputChannels());
    return Optional.of(
        channels
            .with(
                WindowCode.with(
                    KernelCode.of(stem, "cmsis-nn/dsp/conv2d_quads.c.vm"),
                    window,
                    conv.inputZeroPoint()))
            .with("outputChannels", conv.outputChannels())
            .with("pairs", groups.count())
            .with("firstChannel", groups.first())
            .with("lastFour", window.outputPositions() - POSITIONS)
            .with("step", "QUAD_STEP_INT8")
            .with("steps", unrolling.body())
            .with("allSteps", unrolling.total())
            .with(
                "looped",
                unrolling.rounds() > 1 ? List.of(CHANNELS + unrolling.total()) : List.of())
            .with("numbers", numbers(channels))
            .with("numberWords", numberWords(channels))
            .with(
                new ConstantArray(
                    "weights",
                    CType.INT32,
                    pack(conv, channels, groups, unrolling.total()),
                    8,
                    "[%d pairs of channels] 2 biases, [%d steps] int8 that take turns, %s"
                        .formatted(
                            groups.count(),
                            unrolling.total(),
                            channels.hasLines()
                                ? "2 times multiplier and addend"
                                : "2 multipliers, 2 shifts")))
            .leadingBy(RowOrder.lead(window, 1, conv.outputChannels(), POSITIONS))
            .withScratch(new Scratch("patch", CType.UINT32, POSITIONS * unrolling.total()))
            .costing(
                cost(conv, channels, groups, unrolling),
                "2 channels x 4 positions, weights as int8"));
  }

  private static long cost(
      Conv2d conv, Channels channels, ChannelGroups groups, Unrolling unrolling) {
    Window window = conv.window();
    long fours = (window.outputPositions() + POSITIONS - 1L) / POSITIONS;
    double widening = window.inputChannels() % 4 == 0 ? 1.3 : 2.1;
    long gather = Math.round(POSITIONS * (conv.weightsPerOutput() * widening + 30));
    return fours
        * (gather + groups.count() * (unrolling.cost(STEP_COST) + 8L * channels.cost() + 40));
  }

  /** The numbers of both channels' outputs as C, from what follows their weights. */
  private static List<String> numbers(Channels channels) {
    return channels.hasLines()
        ? List.of("{w[0], w[1], 0}", "{w[2], w[3], 0}")
        : List.of(small(channels, 0), small(channels, 1));
  }

  private static String small(Channels channels, int channel) {
    return "small_output(w[%d], ((const int8_t *)&w[2])[%d], %d)"
        .formatted(channel, channel, channels.number());
  }

  private static int numberWords(Channels channels) {
    return channels.hasLines() ? 4 : 3;
  }

  /** For each pair of channels their biases, weights step by step, and numbers. */
  private static Int32Array pack(Conv2d conv, Channels channels, ChannelGroups groups, int steps) {
    return Int32Array.computed(
        groups.count() * (CHANNELS + steps + numberWords(channels)),
        () -> words(conv, channels, groups, steps));
  }

  private static int[] words(Conv2d conv, Channels channels, ChannelGroups groups, int steps) {
    List<Integer> words = new ArrayList<>();
    for (int first : groups.firsts()) {
      List<Integer> one = channels.numbers(first);
      List<Integer> other = channels.numbers(first + 1);
      words.add(one.get(0));
      words.add(other.get(0));
      words.addAll(weights(conv, channels, first, steps));
      if (channels.hasLines()) {
        words.addAll(one.subList(1, 3));
        words.addAll(other.subList(1, 3));
      } else {
        words.add(one.get(1));
        words.add(other.get(1));
        words.add(Pairs.ofInt8(one.get(3), other.get(3), 0, 0));
      }
    }
    return words.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Both channels' weights, a word a step; 0 where a channel does not depend on its sum. */
  static List<Integer> weights(Conv2d conv, Channels channels, int first, int steps) {
    List<Integer> words = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      words.add(
          Pairs.ofInt8(
              weight(conv, channels, first, 2 * step),
              weight(conv, channels, first + 1, 2 * step),
              weight(conv, channels, first, 2 * step + 1),
              weight(conv, channels, first + 1, 2 * step + 1)));
    }
    return words;
  }

  private static int weight(Conv2d conv, Channels channels, int channel, int place) {
    return channels.isConstant(channel) ? 0 : ConvolutionBlocks.weight(conv, channel, place);
  }
}

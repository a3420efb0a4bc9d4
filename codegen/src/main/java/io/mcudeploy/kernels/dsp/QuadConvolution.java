package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Cost;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.MaxPooling;
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
 * Convolution by blocks of two channels at four positions. An int8 weight serves four products once
 * it is widened: 16 products take 13 instructions, 11 with int16 weights as in blocks of four
 * channels at two positions. Twice the scratch of those; but a window of four places of a pool is
 * one block, and of channels that do not fill fours fewer are computed twice.
 */
final class QuadConvolution {
  private static final String TEMPLATE = "cmsis-nn/dsp/conv2d_quads.c.vm";

  private static final int CHANNELS = 2;
  private static final int POSITIONS = 4;

  private QuadConvolution() {}

  /** The kernel, where the layer has blocks and its output stage is one of the short ones. */
  static Optional<KernelCode> of(Conv2d conv, Channels channels, WeightWidth width) {
    Window window = conv.window();
    if (!covers(channels) || window.outputPositions() < POSITIONS) {
      return Optional.empty();
    }
    String stem = WindowCode.stem("conv2d_quads", window, conv.outputChannels());
    KernelCode named = KernelCode.of(stem, TEMPLATE);
    KernelCode code =
        WindowCode.with(named, window, conv.inputZeroPoint())
            .with("fours", List.of(window.outputPositions() - POSITIONS))
            .with("pools", List.of())
            .with("advance", POSITIONS)
            .with("at", "first + i")
            .with("place", "first")
            .with("storedHeight", window.outputHeight())
            .with("storedWidth", window.outputWidth());
    long blocks = (window.outputPositions() + POSITIONS - 1L) / POSITIONS;
    return Optional.of(
        with(code, conv, channels, width, blocks, POSITIONS * channels.cost())
            .leadingBy(RowOrder.lead(window, 1, conv.outputChannels(), POSITIONS)));
  }

  /** The kernel whose blocks are the windows of a pool, where these have as many places. */
  static Optional<KernelCode> of(MaxPooling pooling, Channels channels, WeightWidth width) {
    Conv2d conv = pooling.conv();
    Window pool = pooling.pool();
    if (!covers(channels) || pooling.places() != POSITIONS) {
      return Optional.empty();
    }
    KernelCode named = KernelCode.of(pooling.stem("quads_"), TEMPLATE);
    KernelCode code =
        WindowCode.pooled(named, conv.window(), pool, conv.inputZeroPoint())
            .with("fours", List.of())
            .with("advance", 1)
            .with("at", "i")
            .with("place", "position")
            .with("storedHeight", pool.outputHeight())
            .with("storedWidth", pool.outputWidth());
    int output = (POSITIONS - 1) * DspConv2dMaxPool.LARGER + channels.cost();
    return Optional.of(
        with(code, conv, channels, width, pool.outputPositions(), output)
            .leadingBy(RowOrder.lead(pooling.firsts(), 1, conv.outputChannels(), 0)));
  }

  /** Whether pairs of channels overlap less than fours. */
  static boolean computesFewer(Channels channels) {
    return new ChannelGroups(channels.count(), CHANNELS).count() < 2 * channels.groups().count();
  }

  private static boolean covers(Channels channels) {
    return (channels.isFast() || channels.hasLines()) && channels.count() >= CHANNELS;
  }

  /**
   * A code with what the template names of a block, its weights and scratch.
   *
   * @param blocks positions by four
   * @param outputCost instructions of a channel's outputs of a block
   */
  private static KernelCode with(
      KernelCode code,
      Conv2d conv,
      Channels channels,
      WeightWidth width,
      long blocks,
      int outputCost) {
    Window window = conv.window();
    Unrolling unrolling =
        Unrolling.of(ConvolutionBlocks.steps(window), stepCost(width), mostUnrolled(width));
    int weightWords = unrolling.total() * wordsOfStep(width);
    ChannelGroups groups = new ChannelGroups(conv.outputChannels(), CHANNELS);
    return channels
        .with(code)
        .with("outputChannels", conv.outputChannels())
        .with("pairs", groups.count())
        .with("firstChannel", groups.first())
        .with("step", "QUAD_STEP_" + width)
        .with("steps", unrolling.body())
        .with("allSteps", unrolling.total())
        .with("looped", unrolling.rounds() > 1 ? List.of(CHANNELS + weightWords) : List.of())
        .with("numbers", numbers(channels))
        .with("numberWords", numberWords(channels))
        .with(
            new ConstantArray(
                "weights",
                CType.INT32,
                pack(conv, channels, groups, width, unrolling.total()),
                8,
                "[%d pairs of channels] 2 biases, [%d steps] %s, %s"
                    .formatted(
                        groups.count(),
                        unrolling.total(),
                        width == WeightWidth.INT16
                            ? "pairs of int16 of both"
                            : "int8 that take turns",
                        channels.hasLines()
                            ? "2 times multiplier and addend"
                            : "2 multipliers, 2 shifts")))
        .withScratch(new Scratch("patch", CType.UINT32, POSITIONS * unrolling.total()))
        .costing(
            width == WeightWidth.INT16
                ? wideCost(window, unrolling, blocks, groups.count(), outputCost)
                : cost(conv, unrolling, blocks, groups.count(), outputCost),
            "2 channels x 4 positions, weights as " + width.lower());
  }

  /** By the parts of blocks of four channels at two positions, whose steps are as long. */
  private static Cost wideCost(
      Window window, Unrolling unrolling, long blocks, int groups, int outputCost) {
    Cost gathering =
        ConvolutionBlocks.gathering(Cost.of("dsp.blocks.int16"), window, POSITIONS * blocks);
    return unrolling
        .cost(gathering.with("block", blocks * groups), blocks * groups)
        .with("output", blocks * groups * CHANNELS * outputCost);
  }

  private static Cost cost(
      Conv2d conv, Unrolling unrolling, long blocks, int groups, int outputCost) {
    double widening = conv.window().inputChannels() % 4 == 0 ? 1.3 : 2.1;
    long gather = Math.round(POSITIONS * (conv.weightsPerOutput() * widening + 30));
    long block = unrolling.cost(stepCost(WeightWidth.INT8)) + (long) CHANNELS * outputCost + 40;
    return Cost.of(blocks * (gather + groups * block));
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
  private static Int32Array pack(
      Conv2d conv, Channels channels, ChannelGroups groups, WeightWidth width, int steps) {
    return Int32Array.computed(
        groups.count() * (CHANNELS + steps * wordsOfStep(width) + numberWords(channels)),
        () -> words(conv, channels, groups, width, steps));
  }

  private static int[] words(
      Conv2d conv, Channels channels, ChannelGroups groups, WeightWidth width, int steps) {
    List<Integer> words = new ArrayList<>();
    for (int first : groups.firsts()) {
      List<Integer> one = channels.numbers(first);
      List<Integer> other = channels.numbers(first + 1);
      words.add(one.get(0));
      words.add(other.get(0));
      words.addAll(
          width == WeightWidth.INT16
              ? wideWeights(conv, channels, first, steps)
              : weights(conv, channels, first, steps));
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

  /** The same as int16, a word of either channel a step. */
  private static List<Integer> wideWeights(Conv2d conv, Channels channels, int first, int steps) {
    List<Integer> words = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      for (int channel = first; channel < first + CHANNELS; channel++) {
        words.add(
            Pairs.ofInt16(
                weight(conv, channels, channel, 2 * step),
                weight(conv, channels, channel, 2 * step + 1)));
      }
    }
    return words;
  }

  private static int wordsOfStep(WeightWidth width) {
    return width == WeightWidth.INT16 ? CHANNELS : 1;
  }

  private static int stepCost(WeightWidth width) {
    return width == WeightWidth.INT16 ? 11 : 13;
  }

  /** Steps in the body of the loop, at most. */
  private static int mostUnrolled(WeightWidth width) {
    return width == WeightWidth.INT16 ? 32 : 8;
  }

  private static int weight(Conv2d conv, Channels channels, int channel, int place) {
    return channels.isConstant(channel) ? 0 : ConvolutionBlocks.weight(conv, channel, place);
  }
}

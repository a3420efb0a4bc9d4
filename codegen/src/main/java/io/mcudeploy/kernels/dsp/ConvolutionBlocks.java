package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.function.IntPredicate;

/**
 * The inner loop of a convolution and its weights in the order in which that loop reads them.
 *
 * <p>A window is a chain of pairs of inputs, each row of it begun in a new pair; a step multiplies
 * one pair of two positions by the weights of four channels. Where the input channels are a
 * multiple of four, the pairs of four neighbours are (0, 2) and (1, 3), as SXTB16 gives them.
 *
 * @param unrolling of the steps of one window
 */
record ConvolutionBlocks(WeightWidth width, Unrolling unrolling) {
  private static final int MOST_UNROLLED = 32;
  private static final int STEP_COST_INT16 = 11;
  private static final int STEP_COST_INT8 = 15;
  private static final int[] TAKING_TURNS = {0, 2, 1, 3};

  static ConvolutionBlocks of(Conv2d conv, WeightWidth width) {
    Window window = conv.window();
    int steps = window.kernelHeight() * pairsOfRow(window);
    return new ConvolutionBlocks(width, Unrolling.of(steps, stepCost(width), MOST_UNROLLED));
  }

  /** The macro of {@code cmsis-nn/dsp/core.h} that is one step. */
  String step() {
    return width == WeightWidth.INT16 ? "BLOCK_STEP_INT16" : "BLOCK_STEP_INT8";
  }

  /**
   * Instructions of the whole convolution.
   *
   * @param blockCost what a block costs beside its products
   */
  long cost(Conv2d conv, long blockCost) {
    Window window = conv.window();
    long pairs = (window.outputPositions() + 1L) / 2;
    double widening = window.inputChannels() % 4 == 0 ? 1.3 : 2.1;
    long gather = Math.round(2 * conv.weightsPerOutput() * widening) + 40;
    long blocks = new ChannelGroups(conv.outputChannels()).count();
    return pairs * (gather + blocks * (unrolling.cost(stepCost(width)) + blockCost));
  }

  /** The layout of {@link #pack}, for the listing. */
  String layout(int groups) {
    String words =
        width == WeightWidth.INT16
            ? "4 channels] pairs of int16"
            : "2 pairs of channels] int8, the two channels taking turns";
    return "[%d groups of 4 channels][%d steps][%s".formatted(groups, unrolling.total(), words);
  }

  /**
   * The weights as the steps read them.
   *
   * @param isConstant whether a channel's output does not depend on its sum: its weights become 0
   */
  Int32Array pack(Conv2d conv, IntPredicate isConstant) {
    ChannelGroups groups = new ChannelGroups(conv.outputChannels());
    int wordsOfStep = width == WeightWidth.INT16 ? 4 : 2;
    int[] words = new int[groups.count() * unrolling.total() * wordsOfStep];
    int at = 0;
    for (int first : groups.firsts()) {
      for (int step = 0; step < unrolling.total(); step++) {
        int[] low = new int[ChannelGroups.SIZE];
        int[] high = new int[ChannelGroups.SIZE];
        for (int i = 0; i < ChannelGroups.SIZE; i++) {
          int channel = first + i;
          if (channel < conv.outputChannels() && !isConstant.test(channel)) {
            low[i] = weight(conv, channel, 2 * step);
            high[i] = weight(conv, channel, 2 * step + 1);
          }
        }
        if (width == WeightWidth.INT16) {
          for (int i = 0; i < ChannelGroups.SIZE; i++) {
            words[at++] = Pairs.ofInt16(low[i], high[i]);
          }
        } else {
          words[at++] = Pairs.ofInt8(low[0], low[1], high[0], high[1]);
          words[at++] = Pairs.ofInt8(low[2], low[3], high[2], high[3]);
        }
      }
    }
    return Int32Array.of(words);
  }

  /** The weight of a channel by the place in the chain; 0 where the chain only fills up a word. */
  private static int weight(Conv2d conv, int channel, int place) {
    Window window = conv.window();
    int run = window.kernelWidth() * window.inputChannels();
    int row = place / (2 * pairsOfRow(window));
    int number = place % (2 * pairsOfRow(window));
    if (window.inputChannels() % 4 == 0) {
      number = number / 4 * 4 + TAKING_TURNS[number % 4];
    }
    if (row >= window.kernelHeight() || number >= run) {
      return 0;
    }
    return conv.weights().get(channel * conv.weightsPerOutput() + row * run + number);
  }

  private static int pairsOfRow(Window window) {
    return (window.kernelWidth() * window.inputChannels() + 1) / 2;
  }

  private static int stepCost(WeightWidth width) {
    return width == WeightWidth.INT16 ? STEP_COST_INT16 : STEP_COST_INT8;
  }
}

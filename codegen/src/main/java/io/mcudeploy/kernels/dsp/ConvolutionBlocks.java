package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.Cost;
import io.mcudeploy.kernels.Interior;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The inner loop of a convolution and its weights in the order in which that loop reads them.
 *
 * <p>A window is a chain of pairs of inputs; a step multiplies one pair of two positions by the
 * weights of four channels. Row follows row in whole pairs: of four neighbours (0, 2) and (1, 3),
 * as SXTB16 gives them, of two beyond the fours both. The last inputs of rows of an odd length make
 * pairs behind all rows.
 *
 * @param unrolling of the steps of one window
 * @param form of the macros of {@code cmsis-nn/dsp/core.h} that are one step
 * @param stepCost its instructions
 */
record ConvolutionBlocks(WeightWidth width, Unrolling unrolling, String form, int stepCost) {
  private static final int MOST_UNROLLED = 32;
  private static final int BIASES = ChannelGroups.SIZE;
  private static final int[] TAKING_TURNS = {0, 2, 1, 3};

  /**
   * Steps of a 1×1 convolution load word by word, which the Cortex-M4 does in a cycle less than two
   * words at once: 16 cycles for 13 instructions instead of 17 for 11. Larger windows keep the
   * fewer instructions.
   */
  static ConvolutionBlocks of(Conv2d conv, WeightWidth width) {
    Window window = conv.window();
    if (width == WeightWidth.INT8) {
      return of(window, width, "INT8", 15);
    }
    return window.kernelHeight() * window.kernelWidth() == 1
        ? of(window, width, "INT16_APART", 13)
        : of(window, width, "INT16", 11);
  }

  private static ConvolutionBlocks of(Window window, WeightWidth width, String form, int cost) {
    return new ConvolutionBlocks(
        width, Unrolling.of(steps(window), cost, MOST_UNROLLED), form, cost);
  }

  /** The macro that is one step. */
  String step() {
    return "BLOCK_STEP_" + form;
  }

  /**
   * The macros of the loop's body, or of the whole chain where there is no loop: then its first
   * step makes the sums of the second position from those of the first.
   */
  List<String> body() {
    List<String> body = new ArrayList<>(Collections.nCopies(unrolling.steps(), step()));
    if (!isLoop()) {
      body.set(0, "BLOCK_START_" + form);
    }
    return body;
  }

  /** Whether the chain takes several rounds of a loop. */
  boolean isLoop() {
    return unrolling.rounds() > 1;
  }

  /** The pairs of inputs of a window, without what fills up a loop. */
  static int steps(Window window) {
    int run = window.kernelWidth() * window.inputChannels();
    return window.kernelHeight() * (run / 2) + run % 2 * (window.kernelHeight() + 1) / 2;
  }

  /** Instructions of the whole convolution without its outputs. */
  Cost cost(Conv2d conv) {
    return cost(conv, (conv.window().outputPositions() + 1L) / 2);
  }

  /** The same for so many pairs of positions. */
  Cost cost(Conv2d conv, long pairs) {
    Window window = conv.window();
    long blocks = pairs * new ChannelGroups(conv.outputChannels()).count();
    return unrolling.cost(
        gathering(Cost.of("dsp.blocks." + form.toLowerCase(Locale.ROOT)), window, 2 * pairs)
            .with("block", blocks),
        blocks);
  }

  /** Outputs that are computed, those of overlapping blocks twice. */
  long outputs(Conv2d conv) {
    long pairs = (conv.window().outputPositions() + 1L) / 2;
    return 2 * pairs * ChannelGroups.SIZE * new ChannelGroups(conv.outputChannels()).count();
  }

  /** What it takes to widen so many windows. */
  static Cost gathering(Cost cost, Window window, long windows) {
    int run = window.kernelWidth() * window.inputChannels();
    long rows = windows * window.kernelHeight();
    long clippedRows = rows * Interior.clipped(window) / window.outputPositions();
    boolean fours = window.inputChannels() % 4 == 0;
    return cost.with("window", windows)
        .with("row", rows)
        .with(fours ? "input_of_fours" : "input", rows * run)
        .with("rest", rows * (run % 4))
        .with(fours ? "edge_of_fours" : "edge", clippedRows * run)
        .with("edge_pixel", fours ? 0 : clippedRows * window.kernelWidth());
  }

  /** The words of weights of a group, where they take more than one round of the loop. */
  List<Integer> looped() {
    return isLoop() ? List.of(BIASES + wordsOfGroup()) : List.of();
  }

  /** The layout of {@link #pack(Conv2d)}, for the listing. */
  String layout(int groups) {
    return "[%d groups of 4 channels][%s]".formatted(groups, stepLayout());
  }

  /** The layout of {@link #pack(Conv2d, Channels)}. */
  String layout(int groups, Channels channels) {
    return "[%d groups of 4 channels] 4 biases, [%s], [4 channels][multiplier, addend, shift] of %s"
        .formatted(groups, stepLayout(), channels.word());
  }

  private String stepLayout() {
    String words =
        width == WeightWidth.INT16
            ? "4 channels] pairs of int16"
            : "2 pairs of channels] int8, the two channels taking turns";
    return unrolling.total() + " steps][" + words;
  }

  /** The weights as the steps read them. */
  Int32Array pack(Conv2d conv) {
    return pack(conv, Optional.empty());
  }

  /**
   * For each group of channels their biases, the weights as the steps read them, and the numbers of
   * their outputs: all that a block reads, in this order.
   */
  Int32Array pack(Conv2d conv, Channels channels) {
    return pack(conv, Optional.of(channels));
  }

  private Int32Array pack(Conv2d conv, Optional<Channels> channels) {
    int ofGroup = wordsOfGroup() + (channels.isPresent() ? 4 * ChannelGroups.SIZE : 0);
    return Int32Array.computed(
        new ChannelGroups(conv.outputChannels()).count() * ofGroup, () -> words(conv, channels));
  }

  private int[] words(Conv2d conv, Optional<Channels> channels) {
    List<Integer> words = new ArrayList<>();
    for (int first : new ChannelGroups(conv.outputChannels()).firsts()) {
      List<Integer> group = IntStream.range(first, first + ChannelGroups.SIZE).boxed().toList();
      channels.ifPresent(c -> group.forEach(channel -> words.add(c.numbers(channel).get(0))));
      for (int step = 0; step < unrolling.total(); step++) {
        addStep(words, conv, channels, first, step);
      }
      channels.ifPresent(
          c -> group.forEach(channel -> words.addAll(c.numbers(channel).subList(1, 4))));
    }
    return words.stream().mapToInt(Integer::intValue).toArray();
  }

  private void addStep(
      List<Integer> words, Conv2d conv, Optional<Channels> channels, int first, int step) {
    int[] low = new int[ChannelGroups.SIZE];
    int[] high = new int[ChannelGroups.SIZE];
    for (int i = 0; i < ChannelGroups.SIZE; i++) {
      int channel = first + i;
      if (channel < conv.outputChannels()
          && channels.stream().noneMatch(c -> c.isConstant(channel))) {
        low[i] = weight(conv, channel, 2 * step);
        high[i] = weight(conv, channel, 2 * step + 1);
      }
    }
    if (width == WeightWidth.INT16) {
      for (int i = 0; i < ChannelGroups.SIZE; i++) {
        words.add(Pairs.ofInt16(low[i], high[i]));
      }
    } else {
      words.add(Pairs.ofInt8(low[0], low[1], high[0], high[1]));
      words.add(Pairs.ofInt8(low[2], low[3], high[2], high[3]));
    }
  }

  private int wordsOfGroup() {
    return unrolling.total() * (width == WeightWidth.INT16 ? 4 : 2);
  }

  /** The weight of a channel by the place in the chain; 0 where the chain only fills up a word. */
  static int weight(Conv2d conv, int channel, int place) {
    Window window = conv.window();
    int run = window.kernelWidth() * window.inputChannels();
    int paired = run / 2 * 2;
    int row =
        place < window.kernelHeight() * paired
            ? place / paired
            : place - window.kernelHeight() * paired;
    int number = place < window.kernelHeight() * paired ? place % paired : paired;
    if (row >= window.kernelHeight() || number >= run) {
      return 0;
    }
    if (number < run / 4 * 4) {
      number = number / 4 * 4 + TAKING_TURNS[number % 4];
    }
    return conv.weights().get(channel * conv.weightsPerOutput() + row * run + number);
  }
}

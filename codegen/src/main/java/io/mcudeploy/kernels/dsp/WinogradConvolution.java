package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.MaxPooling;
import io.mcudeploy.kernels.RowOrder;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * 3×3 convolution by Winograd's F(2×2, 3×3) (Lavin and Gray, arXiv 1509.09308): a tile of 2×2
 * outputs takes 16 products for each channel instead of 36,
 *
 * <pre>
 *   y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
 * </pre>
 *
 * with weights g and the 4×4 inputs d. G has halves, so the weights here are (2G) g (2G)ᵀ, and the
 * sums four times those of the convolution: a shift by two gives them exactly, since all of it are
 * integers. Transformed inputs are sums of four int8, at most 512, and transformed weights at most
 * nine times a weight, 1,152; of 128 channels the sums of their products stay below 2^27, and the
 * nine of them that make an output below 2^30.
 */
final class WinogradConvolution {
  private static final String TEMPLATE = "cmsis-nn/dsp/conv2d_winograd.c.vm";

  /** Side of a kernel, and of the inputs of a tile. */
  private static final int KERNEL = 3;

  private static final int TILE = 4;

  /** Where the sums of four channels of two tiles follow a place's inputs, in words. */
  private static final int SUMS = 8;

  /** Side of a tile's outputs. */
  private static final int TILE_OUTPUTS = 2;

  /** Outputs of two tiles side by side. */
  private static final int BLOCK_HEIGHT = 2;

  private static final int BLOCK_WIDTH = 4;

  /** Sums of more channels might overflow; the steps of so many can be written out. */
  private static final int MOST_CHANNELS = 128;

  private static final int STEP_COST = 11;

  /** Steps in a round of the loop, if it does more than one place. */
  private static final int MOST_UNROLLED = 32;

  /** 2G. */
  private static final int[][] WEIGHTS = {{2, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 2}};

  /** Rows, and columns, of places in scratch: two that make a sum and a difference come first. */
  private static final int[] ORDER = {1, 2, 0, 3};

  private WinogradConvolution() {}

  /**
   * The kernel, where it covers the layer: int8, one group, stride 1, no dilation, channels that
   * are a multiple of four, at least two rows of four outputs.
   *
   * @param sum as for {@link DspConv2d#variants(Conv2d, Optional)}
   */
  static Optional<KernelCode> of(Conv2d conv, Channels channels, Optional<ResidualSum> sum) {
    Window window = conv.window();
    if (!covers(window)) {
      return Optional.empty();
    }
    ChannelGroups groups = channels.groups();
    String stem =
        WindowCode.stem(
            "conv2d_" + (sum.isPresent() ? "add_" : "") + "winograd",
            window,
            conv.outputChannels());
    boolean overlaps =
        window.outputHeight() % BLOCK_HEIGHT != 0
            || window.outputWidth() % BLOCK_WIDTH != 0
            || groups.overlap();
    KernelCode code =
        ResidualSum.with(KernelCode.of(stem, TEMPLATE), sum, overlaps)
            .with("pools", List.of())
            .with("storedHeight", window.outputHeight())
            .with("storedWidth", window.outputWidth())
            .with("first", "row * %d + column".formatted(window.outputWidth()))
            .with("outputs", BLOCK_HEIGHT * BLOCK_WIDTH)
            .with("sum", "sums.at[i / 4][i % 4]")
            .with("position", "(i / 4 * %d + i %% 4)".formatted(window.outputWidth()));
    int outputCost = channels.cost() + ResidualSum.cost(sum) + 1;
    return Optional.of(
        with(code, window, conv, channels)
            .leadingBy(RowOrder.lead(window, 1, conv.outputChannels(), window.outputWidth()))
            .costing(
                cost(window, BLOCK_HEIGHT * BLOCK_WIDTH * outputCost, groups),
                "Winograd's 2x2 tiles, 4 channels x 2 tiles"));
  }

  /** The kernel whose tiles are the windows of a pool, where they are, two of them in a row. */
  static Optional<KernelCode> of(MaxPooling pooling, Channels channels) {
    Conv2d conv = pooling.conv();
    Window pool = pooling.pool();
    Window window = pooling.tiled(TILE_OUTPUTS);
    if (!pooling.hasWindows(TILE_OUTPUTS) || !covers(window)) {
      return Optional.empty();
    }
    KernelCode code =
        KernelCode.of(pooling.stem("winograd_"), TEMPLATE)
            .with("sums", List.of())
            .with("pools", List.of(0))
            .with("storedHeight", pool.outputHeight())
            .with("storedWidth", pool.outputWidth())
            .with("first", "row / 2 * %d + column / 2".formatted(pool.outputWidth()))
            .with("outputs", 2)
            .with("sum", "largest_of_tile(&sums, i)")
            .with("position", "i");
    int outputCost = channels.cost() + 1 + 3 * DspConv2dMaxPool.LARGER;
    return Optional.of(
        with(code, window, conv, channels)
            .leadingBy(RowOrder.lead(pooling.firsts(), 1, conv.outputChannels(), 0))
            .costing(
                cost(window, 2 * outputCost, channels.groups()),
                "Winograd's 2x2 tiles, 4 channels x 2 tiles"));
  }

  /** A code with what the template names of tiles, weights and scratch. */
  private static KernelCode with(KernelCode code, Window window, Conv2d conv, Channels channels) {
    ChannelGroups groups = channels.groups();
    int steps = window.inputChannels() / 2;
    int place = window.inputChannels() + SUMS;
    return channels
        .with(WindowCode.with(code, window, conv.inputZeroPoint()))
        .with("outputChannels", conv.outputChannels())
        .with("blocks", blocks(window))
        .with("row", row(window))
        .with("column", column(window))
        .with("groups", groups.count())
        .with("firstChannel", groups.first())
        .with("channelsOfGroup", groups.stores().size())
        .with("steps", steps)
        .with("placesOfTurn", Collections.nCopies(placesOfTurn(steps), 0))
        .with("furtherSteps", Collections.nCopies(steps - 1, 0))
        .with("placeBytes", 4 * place)
        .with("words", TILE * TILE * place)
        .with(
            new ConstantArray(
                "weights",
                CType.INT32,
                pack(conv, channels, groups),
                4,
                "[%d groups of 4 channels] [16 places][%d steps][4 channels] pairs of int16, [4 channels][bias, multiplier, addend, shift] of %s"
                    .formatted(groups.count(), steps, channels.word())))
        .withScratch(new Scratch("tiles", CType.UINT32, TILE * TILE * place));
  }

  private static boolean covers(Window window) {
    return window.kernelHeight() == KERNEL
        && window.kernelWidth() == KERNEL
        && window.strideHeight() == 1
        && window.strideWidth() == 1
        && window.dilationHeight() == 1
        && window.dilationWidth() == 1
        && window.inputChannels() % 4 == 0
        && window.inputChannels() <= MOST_CHANNELS
        && window.outputHeight() >= BLOCK_HEIGHT
        && window.outputWidth() >= BLOCK_WIDTH;
  }

  /**
   * (2G) g (2G)ᵀ.
   *
   * @param kernel 3×3 weights, row by row
   * @return 4×4, row by row
   */
  static Int32Array transformed(Int32Array kernel) {
    int[] transformed = new int[TILE * TILE];
    for (int row = 0; row < TILE; row++) {
      for (int column = 0; column < TILE; column++) {
        for (int i = 0; i < KERNEL * KERNEL; i++) {
          transformed[row * TILE + column] +=
              WEIGHTS[row][i / KERNEL] * WEIGHTS[column][i % KERNEL] * kernel.get(i);
        }
      }
    }
    return Int32Array.of(transformed);
  }

  /** For each group the weights as the steps read them, then the numbers of its outputs. */
  private static Int32Array pack(Conv2d conv, Channels channels, ChannelGroups groups) {
    int inputs = conv.window().inputChannels();
    int wordsOfChannel = TILE * TILE * inputs / 2 + channels.numbers(0).size();
    return Int32Array.computed(
        groups.count() * ChannelGroups.SIZE * wordsOfChannel, () -> words(conv, channels, groups));
  }

  private static int[] words(Conv2d conv, Channels channels, ChannelGroups groups) {
    int inputs = conv.window().inputChannels();
    List<Integer> words = new ArrayList<>();
    for (int first : groups.firsts()) {
      List<List<Int32Array>> kernels = new ArrayList<>();
      for (int i = 0; i < ChannelGroups.SIZE; i++) {
        kernels.add(kernels(conv, channels, first + i));
      }
      for (int i = 0; i < TILE * TILE; i++) {
        int place = ORDER[i / TILE] * TILE + ORDER[i % TILE];
        for (int step = 0; step < inputs / 2; step++) {
          int low = step / 2 * 4 + step % 2;
          for (List<Int32Array> kernel : kernels) {
            words.add(Pairs.ofInt16(kernel.get(low).get(place), kernel.get(low + 2).get(place)));
          }
        }
      }
      for (int i = 0; i < ChannelGroups.SIZE; i++) {
        words.addAll(channels.numbers(first + i));
      }
    }
    return words.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The transformed kernels of an output channel, one for each input channel. */
  private static List<Int32Array> kernels(Conv2d conv, Channels channels, int channel) {
    int inputs = conv.window().inputChannels();
    boolean isZero = channel >= conv.outputChannels() || channels.isConstant(channel);
    List<Int32Array> kernels = new ArrayList<>();
    for (int input = 0; input < inputs; input++) {
      int[] kernel = new int[KERNEL * KERNEL];
      for (int i = 0; i < kernel.length && !isZero; i++) {
        kernel[i] = conv.weights().get(channel * conv.weightsPerOutput() + i * inputs + input);
      }
      kernels.add(transformed(Int32Array.of(kernel)));
    }
    return kernels;
  }

  /** Places in a round of the loop over all 16. */
  private static int placesOfTurn(int steps) {
    return Integer.highestOneBit(Math.max(1, Math.min(TILE * TILE, MOST_UNROLLED / steps)));
  }

  private static int blocks(Window window) {
    return blockRows(window) * blockColumns(window);
  }

  private static int blockRows(Window window) {
    return (window.outputHeight() + BLOCK_HEIGHT - 1) / BLOCK_HEIGHT;
  }

  private static int blockColumns(Window window) {
    return (window.outputWidth() + BLOCK_WIDTH - 1) / BLOCK_WIDTH;
  }

  private static String row(Window window) {
    String row = "block / %d * %d".formatted(blockColumns(window), BLOCK_HEIGHT);
    return window.outputHeight() % BLOCK_HEIGHT == 0
        ? row
        : "min32(%s, %d)".formatted(row, window.outputHeight() - BLOCK_HEIGHT);
  }

  private static String column(Window window) {
    String column = "block %% %d * %d".formatted(blockColumns(window), BLOCK_WIDTH);
    return window.outputWidth() % BLOCK_WIDTH == 0
        ? column
        : "min32(%s, %d)".formatted(column, window.outputWidth() - BLOCK_WIDTH);
  }

  /**
   * @param outputsCost instructions of a channel's outputs of a block, beside their sums
   */
  private static long cost(Window window, int outputsCost, ChannelGroups groups) {
    int steps = window.inputChannels() / 2;
    long transform = window.inputChannels() / 4 * (window.isPadded() ? 400L : 330L) + 40;
    long products =
        (long) TILE * TILE * (steps * STEP_COST + 1)
            + (long) TILE * TILE / placesOfTurn(steps) * 5L;
    long outputs = groups.size() * (76L + outputsCost);
    return blocks(window) * (transform + groups.count() * (products + outputs + 20));
  }
}

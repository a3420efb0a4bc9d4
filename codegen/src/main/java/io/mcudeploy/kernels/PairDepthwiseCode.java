package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Depthwise convolution on Cortex-M0: two outputs of a channel at once, one of the upper and one of
 * the lower half of the image, or of the left and right half of a single row. Their inputs share
 * words, see {@link PairConv2dCode}; the words of a channel lie in a plane of scratch with padding.
 *
 * <p>The products of three neighbouring taps are added up in halves of 16 bits where the weights of
 * a channel are small enough, else of two.
 */
final class PairDepthwiseCode {
  /** Taps whose weights are widened on the stack. */
  private static final int MOST_TAPS = 64;

  private static final int TRIPLE = 3;

  /** As {@link InputGroups}: 255 times the sum of so large weights keeps to 16 bits. */
  private static final int MOST_SUM = 254;

  private final DepthwiseConv2d conv;
  private final Window window;
  private final ChannelOutputs outputs;
  private final Int8Array weights;
  private final int taps;

  /** Between the two outputs. */
  private final int rowsApart;

  private final int columnsApart;

  private PairDepthwiseCode(DepthwiseConv2d conv, Int8Array weights, ChannelOutputs outputs) {
    this.conv = conv;
    this.window = conv.window();
    this.outputs = outputs;
    this.weights = weights;
    taps = window.kernelHeight() * window.kernelWidth();
    rowsApart = window.outputHeight() / 2;
    columnsApart = rowsApart == 0 ? window.outputWidth() / 2 : 0;
  }

  /**
   * The code, unless there is but one output a channel, rows without a partner reach into the
   * padding, or taps or channels are not dense.
   *
   * @param weights [channels][kernel height][kernel width]
   */
  static Optional<KernelCode> of(DepthwiseConv2d conv, Int8Array weights, ChannelOutputs outputs) {
    Window window = conv.window();
    boolean suits =
        conv.input() == StorageType.INT8
            && conv.output().storage() == StorageType.INT8
            && conv.depthMultiplier() == 1
            && window.dilationHeight() == 1
            && window.dilationWidth() == 1
            && window.kernelHeight() * window.kernelWidth() <= MOST_TAPS
            && window.outputPositions() > 1
            && (window.outputHeight() > 1 || !window.isPadded())
            && conv.accumulatorBound() < 1L << 29;
    return suits
        ? Optional.of(new PairDepthwiseCode(conv, weights, outputs).code())
        : Optional.empty();
  }

  private KernelCode code() {
    int channels = window.inputChannels();
    int rows = window.outputHeight() - rowsApart;
    int columns = window.outputWidth() - columnsApart;
    int planeRows = (rows - 1) * window.strideHeight() + window.kernelHeight();
    int planeColumns = (columns - 1) * window.strideWidth() + window.kernelWidth();
    int inside =
        Math.min(planeColumns, window.paddingLeft() + window.inputWidth()) - window.paddingLeft();
    int second = rowsApart * window.strideHeight() - window.paddingTop();
    KernelCode code =
        KernelCode.of(
            "depthwise_conv2d_" + Geometry.stem(window) + "x" + channels,
            "cmsis-nn/m0/depthwise_conv2d.c.vm");
    code =
        code.with("bound", conv.accumulatorBound())
            .with("inputHeight", window.inputHeight())
            .with("inputWidth", window.inputWidth())
            .with("inputChannels", channels)
            .with("inputZeroPoint", conv.inputZeroPoint())
            .with("outputHeight", window.outputHeight())
            .with("outputWidth", window.outputWidth())
            .with("kernelHeight", window.kernelHeight())
            .with("kernelWidth", window.kernelWidth())
            .with("strideWidth", window.strideWidth())
            .with("taps", taps)
            .with("apart", rowsApart > 0 ? rowsApart + " rows" : columnsApart + " columns")
            .with("rows", rows)
            .with("columns", columns)
            .with("outputRow", window.outputWidth() * channels)
            .with("secondOutput", (rowsApart * window.outputWidth() + columnsApart) * channels)
            .with("planeRows", planeRows)
            .with("planeColumns", planeColumns)
            .with("planeStep", window.strideHeight() * planeColumns)
            .with("nextRow", 4 * (planeColumns - window.kernelWidth()) + "u")
            .with("firstColumn", OutputCode.plus(window.paddingLeft()))
            .with("insideColumns", inside)
            .with("top", OutputCode.plus(-window.paddingTop()))
            .with("secondTop", OutputCode.plus(second))
            .with("secondColumn", columnsApart * window.strideWidth())
            .with("paddingWords", window.isPadded() ? List.of(planeRows * planeColumns) : List.of())
            .with("padding", "0x%08xu".formatted(0x10001 * conv.inputZeroPoint()))
            .with("choices", isMixed() ? List.of(1) : List.of())
            .with("sums", sums())
            .with(
                ConstantArray.int8(
                    "weights",
                    weights,
                    taps,
                    "[%d channels][%d][%d]"
                        .formatted(channels, window.kernelHeight(), window.kernelWidth())));
    if (isMixed()) {
      code =
          code.with(
              ConstantArray.indices(
                  "small", small(), "whether any three products of a row keep to 16 bits"));
    }
    code =
        outputs
            .with(code.with(ConstantArray.int32("bias", bias(), "with the input's zero point")))
            .withScratch(new Scratch("plane", CType.UINT32, planeRows * planeColumns))
            .costing(
                channels
                    * (60L
                        + 6L * taps
                        + (40L + 9L * inside) * planeRows
                        + rows * (10L + columns * (pairCost() + 2L * outputs.cost() + 16))),
                "2 pixels a word" + outputs.note());
    boolean inPlace =
        window.inputHeight() == window.outputHeight()
            && window.inputWidth() == window.outputWidth();
    return inPlace ? code.inPlaceOf(0) : code;
  }

  /** The sums of a window as macros, for channels of small weights, others, or both. */
  private List<Map<String, Object>> sums() {
    List<Map<String, Object>> sums = new ArrayList<>();
    if (smallChannels() > 0) {
      sums.add(Map.of("head", isMixed() ? "if (small[c])" : "", "steps", steps(TRIPLE)));
    }
    if (smallChannels() < window.inputChannels()) {
      sums.add(Map.of("head", isMixed() ? "else" : "", "steps", steps(TRIPLE - 1)));
    }
    return sums;
  }

  private List<String> steps(int most) {
    List<String> steps = new ArrayList<>();
    for (int row = 0; row < window.kernelHeight(); row++) {
      if (row > 0) {
        steps.add("NEXT_PLANE_ROW");
      }
      for (int column = 0; column < window.kernelWidth(); column += most) {
        steps.add("PLANE_TAPS_" + Math.min(most, window.kernelWidth() - column));
      }
    }
    return steps;
  }

  /** Instructions of two windows' sums, on average. */
  private long pairCost() {
    long triples = 5L * taps / 2 + 8L * runs(TRIPLE);
    long pairs = 5L * taps / 2 + 8L * runs(TRIPLE - 1);
    int channels = window.inputChannels();
    return (smallChannels() * triples + (channels - smallChannels()) * pairs) / channels;
  }

  /** Sums of 16 bits of a window. */
  private int runs(int most) {
    return window.kernelHeight() * ((window.kernelWidth() + most - 1) / most);
  }

  private boolean isMixed() {
    return smallChannels() > 0 && smallChannels() < window.inputChannels();
  }

  private int smallChannels() {
    int count = 0;
    for (int channel = 0; channel < window.inputChannels(); channel++) {
      count += isSmall(channel) ? 1 : 0;
    }
    return count;
  }

  private boolean isSmall(int channel) {
    int width = window.kernelWidth();
    for (int row = 0; row < window.kernelHeight(); row++) {
      for (int column = 0; column < width; column += TRIPLE) {
        int sum = 0;
        for (int i = column; i < Math.min(width, column + TRIPLE); i++) {
          sum += Math.abs(weights.get(channel * taps + row * width + i));
        }
        if (sum > MOST_SUM && Math.min(width, column + TRIPLE) - column == TRIPLE) {
          return false;
        }
      }
    }
    return true;
  }

  private Int32Array small() {
    int[] small = new int[window.inputChannels()];
    for (int channel = 0; channel < small.length; channel++) {
      small[channel] = isSmall(channel) ? 1 : 0;
    }
    return Int32Array.of(small);
  }

  private Int32Array bias() {
    int[] bias =
        Blocks.fold(outputs.biases(conv.bias()), weights, taps, conv.inputZeroPoint()).toArray();
    for (int channel = 0; channel < bias.length; channel++) {
      bias[channel] -= InputGroups.OFFSET * runs(isSmall(channel) ? TRIPLE : TRIPLE - 1);
    }
    return Int32Array.of(bias);
  }
}

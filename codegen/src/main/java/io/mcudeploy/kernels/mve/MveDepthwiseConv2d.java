package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.RowOrder;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.kernels.mve.DepthwiseTiling.Gather;
import io.mcudeploy.kernels.mve.DepthwiseTiling.Product;
import io.mcudeploy.kernels.mve.DepthwiseTiling.Taps;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Depthwise convolution by dot products, see {@link DepthwiseTiling}. The rows of a block, of 16
 * channels, are interleaved into scratch first, padding included; then one channel after another
 * makes its outputs, with its weights in registers. The input is read so far ahead that the output
 * may take its place: a channel's bytes are its own in both.
 */
public final class MveDepthwiseConv2d implements Kernel<DepthwiseConv2d> {
  private static final int GROUP = 16;
  private static final int WORD_BYTES = 4;
  private static final int COLUMN_BYTES = WORD_BYTES * GROUP;

  /** Blocks of more dot products are left to other kernels, since each is written out. */
  private static final int MOST_PRODUCTS = 64;

  /** The farthest place that a scatter of 16-bit offsets reaches. */
  private static final int MOST_OFFSET = 65_535;

  @Override
  public Class<DepthwiseConv2d> operator() {
    return DepthwiseConv2d.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(DepthwiseConv2d conv) {
    if (conv.inputStorage(0) != StorageType.INT8 || conv.outputStorage(0) != StorageType.INT8) {
      return List.of();
    }
    DepthwiseTiling tiling = DepthwiseTiling.of(conv.window());
    int farthest = place(conv, tiling, 2 * 4 - 1);
    return products(tiling) > MOST_PRODUCTS || farthest > MOST_OFFSET
        ? List.of()
        : List.of(code(conv, tiling));
  }

  private static KernelCode code(DepthwiseConv2d conv, DepthwiseTiling tiling) {
    Window window = tiling.window();
    OptionalInt ahead = conv.depthMultiplier() == 1 ? tiling.ahead() : OptionalInt.empty();
    int groups = (window.inputChannels() + GROUP - 1) / GROUP;
    int rowBytes = tiling.words() * COLUMN_BYTES;
    int blockBytes = tiling.wordRows() * rowBytes;
    int blocksAhead = ahead.orElse(0);
    int buffers = blocksAhead + 1;
    int scratch = GROUP + buffers * blockBytes;
    int full = window.outputWidth() / (2 * tiling.blockColumns());
    int rest = window.outputWidth() % (2 * tiling.blockColumns());
    WeightString string = WeightString.of(tiling.weights());
    ScalarNumbers numbers =
        ScalarNumbers.of(conv.bias(), conv.weights(), conv.inputZeroPoint(), conv.output());
    KernelCode code =
        KernelCode.of(
                WindowCode.stem("depthwise_conv2d", window),
                "cmsis-nn/mve/depthwise_conv2d" + (tiling.along() ? "_row" : "") + ".c.vm")
            .with("inputHeight", window.inputHeight())
            .with("inputWidth", window.inputWidth())
            .with("inputChannels", window.inputChannels())
            .with("inputZeroPoint", conv.inputZeroPoint())
            .with("outputHeight", window.outputHeight())
            .with("outputWidth", window.outputWidth())
            .with("outputChannels", conv.outputChannels())
            .with("multiplier", conv.depthMultiplier())
            .with("inputOf", perMultiplier("o", conv.depthMultiplier()))
            .with("patchOf", perMultiplier("i", conv.depthMultiplier()))
            .with("strideHeight", window.strideHeight())
            .with("paddingTop", window.paddingTop())
            .with("paddingLeft", window.paddingLeft())
            .with("dilationHeight", window.dilationHeight())
            .with("wordRows", tiling.wordRows())
            .with("words", tiling.words())
            .with("usedWords", tiling.usedWords())
            .with(
                "columns", Math.min(window.inputWidth(), tiling.usedWords() - window.paddingLeft()))
            .with("wordStep", tiling.wordStep() * COLUMN_BYTES)
            .with("rowBytes", rowBytes)
            .with("buffers", buffers)
            .with("thisBlock", place("(turn + 1)", buffers, blockBytes))
            .with("nextBlock", place("turn", buffers, blockBytes))
            .with("scratchBytes", scratch)
            .with("ahead", blocksAhead)
            .with(
                "early",
                blocksAhead > 0
                    ? ", those of block n + %d before the outputs of block n".formatted(blocksAhead)
                    : "")
            .with("waits", blocksAhead > 0 ? List.of(blocksAhead) : List.of())
            .with("whileLeft", blocksAhead > 0 ? " && turn < " + tiling.rowsOfBlocks() : "")
            .with("blockRows", tiling.blockRows())
            .with("lastRow", window.outputHeight() - tiling.blockRows())
            .with("turns", tiling.rowsOfBlocks() + blocksAhead)
            .with("places", places(conv, tiling))
            .with("vectors", vectors(string))
            .with("stringStride", string.stride())
            .with("pairTurns", full)
            .with(
                "pairs",
                full > 0 ? List.of(turn(tiling, rowBytes, 2 * tiling.blockColumns())) : List.of())
            .with("pairStep", 2 * tiling.blockStep() * COLUMN_BYTES)
            .with("rests", rest > 0 ? List.of(turn(tiling, rowBytes, rest)) : List.of())
            .with("pairBytes", 2 * tiling.blockColumns() * conv.outputChannels())
            .with("output", numbers.word())
            .with("ties", conv.output().lowest() < conv.output().zeroPoint() ? 1 : 0)
            .with("outputZeroPoint", conv.output().zeroPoint())
            .with("lowest", conv.output().lowest())
            .with("highest", conv.output().highest())
            .with(
                ConstantArray.int8(
                    "weights",
                    pack(conv, string, numbers),
                    string.stride(),
                    "[%d channels] strings of taps and zeros, %d bytes apart"
                        .formatted(conv.outputChannels(), string.stride())))
            .with(numbers.constant())
            .withScratch(new Scratch("patches", CType.INT8, scratch))
            .costing(cost(conv, tiling), note(tiling));
    KernelCode placed = ahead.isPresent() ? code.inPlaceOf(0) : code;
    return groups == 1 && window.outputPositions() < window.inputHeight() * window.inputWidth()
        ? code.leadingBy(
            RowOrder.lead(
                window, 1, conv.outputChannels(), (tiling.blockRows() - 1) * window.outputWidth()))
        : placed;
  }

  /** The input channel of an output channel. */
  private static String perMultiplier(String channel, int multiplier) {
    return multiplier > 1 ? channel + " / " + multiplier : channel;
  }

  /** Where the patches of a turn's block begin: behind the zero points, the blocks taking turns. */
  private static String place(String turn, int buffers, int blockBytes) {
    return buffers > 1 ? GROUP + " + " + turn + " % " + buffers + " * " + blockBytes : "" + GROUP;
  }

  private static String note(DepthwiseTiling tiling) {
    String patch = tiling.along() ? "1 x 16" : "4 x 4";
    return "patches of %s, blocks of %d x %d outputs"
        .formatted(patch, tiling.blockRows(), tiling.blockColumns());
  }

  /** Bytes from a pair of blocks' first output to one of its 8, the two blocks taking turns. */
  private static int place(DepthwiseConv2d conv, DepthwiseTiling tiling, int lane) {
    int row = lane / 2 / tiling.blockColumns();
    return (row * tiling.window().outputWidth() + column(tiling, lane)) * conv.outputChannels();
  }

  private static String places(DepthwiseConv2d conv, DepthwiseTiling tiling) {
    return IntStream.range(0, 8)
        .mapToObj(lane -> Integer.toString(place(conv, tiling, lane)))
        .collect(Collectors.joining(", "));
  }

  private static int column(DepthwiseTiling tiling, int lane) {
    return lane / 2 % tiling.blockColumns() + lane % 2 * tiling.blockColumns();
  }

  private static int products(DepthwiseTiling tiling) {
    return tiling.gathers().stream().mapToInt(gather -> gather.products().size()).sum();
  }

  private static List<Map<String, Object>> vectors(WeightString string) {
    List<Map<String, Object>> vectors = new ArrayList<>();
    for (int i = 0; i < string.offsets().size(); i++) {
      vectors.add(Map.of("number", i, "at", string.offsets().get(i)));
    }
    return vectors;
  }

  /**
   * What one turn of the loop over a row computes: {@code low} and {@code high}, the gathers of its
   * two blocks, {@code zeros}, the sums that do not exist, and {@code mask} of the lanes to store.
   *
   * @param columns that exist of the two blocks
   */
  private static Map<String, Object> turn(DepthwiseTiling tiling, int rowBytes, int columns) {
    Map<String, Object> turn = new LinkedHashMap<>();
    List<Map<String, Object>> blocks = new ArrayList<>();
    for (int block = 0; block < 2; block++) {
      blocks.add(block(tiling, rowBytes, block, columns - block * tiling.blockColumns()));
    }
    int mask = 0;
    for (int lane = 0; lane < 8; lane++) {
      if (column(tiling, lane) < columns) {
        mask |= 3 << (2 * lane);
      }
    }
    turn.put("blocks", blocks.subList(0, columns > tiling.blockColumns() ? 2 : 1));
    turn.put("last", columns > tiling.blockColumns() ? "v1" : "v0");
    turn.put("mask", "0x%04x".formatted(mask));
    return turn;
  }

  private static Map<String, Object> block(
      DepthwiseTiling tiling, int rowBytes, int block, int columns) {
    List<Map<String, Object>> loads = new ArrayList<>();
    boolean[] begun = new boolean[4];
    for (Gather gather : tiling.gathers()) {
      List<Map<String, Object>> begins = new ArrayList<>();
      List<Map<String, Object>> adds = new ArrayList<>();
      for (Product product : gather.products()) {
        if (product.output() % tiling.blockColumns() < columns) {
          Map<String, Object> values =
              Map.of("sum", product.output(), "weights", product.weights());
          (begun[product.output()] ? adds : begins).add(values);
          begun[product.output()] = true;
        }
      }
      if (!begins.isEmpty() || !adds.isEmpty()) {
        int column = block * tiling.blockStep() + gather.column();
        loads.add(
            Map.of(
                "at",
                gather.wordRow() * rowBytes + column * COLUMN_BYTES,
                "begins",
                begins,
                "adds",
                adds));
      }
    }
    return Map.of(
        "number",
        block,
        "loads",
        loads,
        "zeros",
        IntStream.range(0, 4).filter(sum -> !begun[sum]).boxed().toList());
  }

  private static Int8Array pack(DepthwiseConv2d conv, WeightString string, ScalarNumbers numbers) {
    int channels = conv.outputChannels();
    byte[] bytes = new byte[string.length(channels)];
    for (int channel = 0; channel < channels; channel++) {
      for (int i = 0; i < string.taps().size(); i++) {
        int tap = string.taps().get(i);
        if (tap != Taps.NONE && !numbers.isConstant(channel)) {
          bytes[channel * string.stride() + i] = conv.weights().get(tap * channels + channel);
        }
      }
    }
    return Int8Array.of(bytes);
  }

  private static long cost(DepthwiseConv2d conv, DepthwiseTiling tiling) {
    Window window = tiling.window();
    long groups = (window.inputChannels() + GROUP - 1L) / GROUP;
    long interleaving = tiling.wordRows() * (14L * tiling.usedWords() + 40);
    long block = tiling.gathers().size() + products(tiling) + 7L;
    long channel = 13 + tiling.blocksOfRow() * block + (tiling.blocksOfRow() + 1L) / 2 * 4;
    return tiling.rowsOfBlocks() * (groups * interleaving + conv.outputChannels() * channel);
  }
}

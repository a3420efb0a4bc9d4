package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Depthwise convolution channel by channel: a band of rows of four channels is first put into four
 * planes of int16, padding included, so that two taps of a row are neighbours in a word; then each
 * plane is convolved with its weights in registers, two outputs at a time. A band of all rows is
 * the fastest; lower bands need less scratch and widen the rows between them more than once.
 */
public final class DspDepthwiseConv2d implements Kernel<DepthwiseConv2d> {
  /** Kernels beyond this are left to the portable loops, since every tap is written out. */
  private static final int MOST_TAPS = 49;

  @Override
  public Class<DepthwiseConv2d> operator() {
    return DepthwiseConv2d.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(DepthwiseConv2d conv) {
    Window window = conv.window().lying();
    if (!Channels.areInt8(conv)
        || conv.depthMultiplier() > 1
        || window.inputChannels() < ChannelGroups.SIZE
        || window.inputWidth() < 2
        || window.dilationHeight() > 1
        || window.dilationWidth() > 1
        || window.kernelHeight() * window.kernelWidth() > MOST_TAPS) {
      return List.of();
    }
    Channels channels =
        Channels.of(
            conv.bias(),
            Channels.columnSums(conv.weights(), conv.outputChannels()),
            conv.inputZeroPoint(),
            conv.output(),
            conv.accumulatorBound());
    int height = window.outputHeight();
    return IntStream.of(height, (height + 1) / 2, (height + 3) / 4, (height + 7) / 8, 1)
        .distinct()
        .boxed()
        .flatMap(
            band ->
                Arrays.stream(WeightWidth.values())
                    .filter(width -> width == WeightWidth.INT16 || channels.plain().isFast())
                    .map(width -> code(conv, window, channels, band, width)))
        .toList();
  }

  private static KernelCode code(
      DepthwiseConv2d conv, Window window, Channels best, int band, WeightWidth width) {
    Channels channels = width == WeightWidth.INT16 ? best : best.plain();
    RowTaps taps = RowTaps.of(window.kernelWidth(), window.strideWidth());
    ChannelGroups groups = new ChannelGroups(conv.outputChannels());
    int pairs = window.outputWidth() / 2;
    int odd = window.outputWidth() % 2;
    int widest =
        Math.max(
            2 * ((pairs + odd - 1) * window.strideWidth() + taps.words()),
            window.paddingLeft() + window.inputWidth());
    int pitch = (widest + 1) / 2;
    int rows = (band - 1) * window.strideHeight() + window.kernelHeight();
    int planeWords = rows * pitch;
    int weightWords = window.kernelHeight() * taps.weights().size();
    KernelCode depthwise =
        WindowCode.with(
                KernelCode.of(
                    "depthwise_conv2d_%dx%dx%d_to_%dx%d"
                        .formatted(
                            window.inputHeight(),
                            window.inputWidth(),
                            window.inputChannels(),
                            window.outputHeight(),
                            window.outputWidth()),
                    "cmsis-nn/dsp/depthwise_conv2d.c.vm"),
                window,
                conv.inputZeroPoint())
            .with("outputChannels", conv.outputChannels())
            .with("groups", groups.count())
            .with("lastGroup", groups.last())
            .with("band", band)
            .with("bandRows", rows)
            .with("pitch", pitch)
            .with("rowHalves", 2 * pitch)
            .with("planeWords", planeWords)
            .with("planeHalves", 2 * planeWords)
            .with("allWords", ChannelGroups.SIZE * planeWords)
            .with("paddingWords", window.isPadded() ? ChannelGroups.SIZE * planeWords : 0)
            .with("lastColumns", window.inputWidth() - 2)
            .with("groupWords", ChannelGroups.SIZE * weightWords)
            .with("pairs", pairs > 0 ? List.of(pairs) : List.of())
            .with("pairTaps", taps(window, taps, pitch, 2))
            .with("singles", odd > 0 ? List.of(odd) : List.of())
            .with("singleTaps", taps(window, taps, pitch, 1))
            .with("nextRow", pitch * window.strideHeight() - pairs * window.strideWidth())
            .with("output", channels.word())
            .with("outputNumber", channels.number())
            .with("outputZeroPoint", conv.output().zeroPoint())
            .with("lowest", conv.output().lowest())
            .with("highest", conv.output().highest())
            .withScratch(new Scratch("planes", CType.UINT32, ChannelGroups.SIZE * planeWords));
    KernelCode packed =
        width == WeightWidth.INT16
            ? wide(depthwise, conv, window, channels, taps)
            : narrow(depthwise, conv, window, channels, taps);
    long bands = (window.outputHeight() + band - 1L) / band;
    long widening =
        width == WeightWidth.INT8 ? bands * conv.outputChannels() * (3L * weightWords + 3) : 0;
    KernelCode priced =
        packed.costing(
            cost(conv, window, taps, band, rows, channels) + widening,
            "4 planes, "
                + band
                + (band == 1 ? " row" : " rows")
                + " at a time, weights as "
                + width.lower());
    return readsBeforeItWrites(window, band) ? priced.inPlaceOf(0) : priced;
  }

  /** The code with weights as the products take them. */
  private static KernelCode wide(
      KernelCode code, DepthwiseConv2d conv, Window window, Channels channels, RowTaps taps) {
    int words = window.kernelHeight() * taps.weights().size();
    String layout =
        "[%d channels in groups of 4][%d rows][%d words] pairs of int16"
            .formatted(
                4 * new ChannelGroups(conv.outputChannels()).count(),
                window.kernelHeight(),
                taps.weights().size());
    List<String> numbers = new ArrayList<>();
    numbers.add(
        "const channel_numbers number = ((const channel_numbers *)channels)[channel + plane];");
    for (int i = 0; i < words; i++) {
      numbers.add(
          "const uint32_t w%d = (uint32_t)weights[(4 * group + plane) * %d + %d];"
              .formatted(i, words, i));
    }
    return code.with("numbers", numbers)
        .with("weightLayout", layout)
        .with(
            "channelLayout",
            "[" + conv.outputChannels() + "] bias, multiplier, addend, shift of " + channels.word())
        .with(
            new ConstantArray(
                "weights", CType.INT32, pack(conv, window, channels, taps), words, layout))
        .with(channels.constant());
  }

  /** The code with weights and shifts as int8, widened once for each plane. */
  private static KernelCode narrow(
      KernelCode code, DepthwiseConv2d conv, Window window, Channels channels, RowTaps taps) {
    int count = window.kernelHeight() * window.kernelWidth();
    String layout =
        "[%d channels][%d weights and the shift] int8".formatted(conv.outputChannels(), count);
    List<String> numbers = new ArrayList<>();
    numbers.add(
        "const int8_t *const taps = &weights[(channel + plane) * %d];".formatted(count + 1));
    numbers.add(
        "const channel_numbers number = small_numbers(&channels[2 * (channel + plane)], taps[%d], %d);"
            .formatted(count, conv.output().zeroPoint()));
    for (int row = 0; row < window.kernelHeight(); row++) {
      for (RowTaps.Weights pair : taps.weights()) {
        numbers.add(
            "const uint32_t w%d = low_halves(%s, %s);"
                .formatted(
                    numbers.size() - 2,
                    tap(row * window.kernelWidth(), pair.low()),
                    tap(row * window.kernelWidth(), pair.high())));
      }
    }
    List<Integer> bytes = new ArrayList<>();
    List<Integer> words = new ArrayList<>();
    for (int channel = 0; channel < conv.outputChannels(); channel++) {
      for (int tap = 0; tap < count; tap++) {
        bytes.add(
            channels.isConstant(channel)
                ? 0
                : (int) conv.weights().get(tap * conv.outputChannels() + channel));
      }
      List<Integer> numbersOfChannel = channels.numbers(channel);
      bytes.add(numbersOfChannel.get(3));
      words.addAll(numbersOfChannel.subList(0, 2));
    }
    return code.with("numbers", numbers)
        .with("weightLayout", layout)
        .with("channelLayout", "[" + conv.outputChannels() + "] bias, multiplier of output8")
        .with(new ConstantArray("weights", CType.INT8, array(bytes), count + 1, layout))
        .with(
            new ConstantArray(
                "channels",
                CType.INT32,
                array(words),
                2,
                "[" + conv.outputChannels() + " channels][bias, multiplier]"));
  }

  /** A weight of a kernel row as C, 0 for column -1. */
  private static String tap(int row, int column) {
    return column < 0 ? "0u" : "(uint32_t)taps[" + (row + column) + "]";
  }

  private static Int32Array array(List<Integer> values) {
    return Int32Array.of(values.stream().mapToInt(Integer::intValue).toArray());
  }

  /**
   * Whether all pixels of four channels are in the planes before any output of theirs is written to
   * where the pixels were, and no channel is in two groups.
   */
  private static boolean readsBeforeItWrites(Window window, int band) {
    return band == window.outputHeight()
        && window.inputHeight() == window.outputHeight()
        && window.inputWidth() == window.outputWidth()
        && window.inputChannels() % ChannelGroups.SIZE == 0;
  }

  private static long cost(
      DepthwiseConv2d conv,
      Window window,
      RowTaps taps,
      int band,
      int bandRows,
      Channels channels) {
    long bands = (window.outputHeight() + band - 1L) / band;
    long widening = bands * bandRows * (window.inputWidth() * 2L + 10);
    long products = (long) taps.products().size() + taps.words();
    long spilled = Math.max(0, window.kernelHeight() * taps.weights().size() - 6);
    long pair = window.kernelHeight() * products + spilled + 2L * channels.cost() + 6;
    long row = (window.outputWidth() + 1L) / 2 * pair + 8;
    long padding = window.isPadded() ? 2L * bandRows * (window.inputWidth() + 2) : 0;
    return padding + conv.outputChannels() * (widening + window.outputHeight() * row + bands * 25);
  }

  /**
   * The input words of a pair of outputs, or of one output, in the order they are loaded: each a
   * map of {@code at}, words from the first, and {@code products}, maps of {@code sum}, {@code
   * word} and {@code weight}.
   */
  private static List<Map<String, Object>> taps(Window window, RowTaps taps, int pitch, int sums) {
    List<Map<String, Object>> loads = new ArrayList<>();
    for (int row = 0; row < window.kernelHeight(); row++) {
      for (int input = 0; input < taps.words(); input++) {
        List<Map<String, Object>> products = new ArrayList<>();
        for (RowTaps.Product product : taps.productsOf(input, sums)) {
          Map<String, Object> values = new LinkedHashMap<>();
          values.put("sum", product.sum());
          values.put("word", product.word());
          values.put("weight", row * taps.weights().size() + product.weight());
          products.add(values);
        }
        if (!products.isEmpty()) {
          Map<String, Object> load = new LinkedHashMap<>();
          load.put("at", row * pitch + input);
          load.put("products", products);
          loads.add(load);
        }
      }
    }
    return loads;
  }

  private static Int32Array pack(
      DepthwiseConv2d conv, Window window, Channels channels, RowTaps taps) {
    ChannelGroups groups = new ChannelGroups(conv.outputChannels());
    int perChannel = window.kernelHeight() * taps.weights().size();
    int[] words = new int[groups.count() * ChannelGroups.SIZE * perChannel];
    int at = 0;
    for (int first : groups.firsts()) {
      for (int channel = first; channel < first + ChannelGroups.SIZE; channel++) {
        for (int row = 0; row < window.kernelHeight(); row++) {
          for (RowTaps.Weights pair : taps.weights()) {
            words[at++] =
                channels.isConstant(channel)
                    ? 0
                    : Pairs.ofInt16(
                        weight(conv, window, channel, row, pair.low()),
                        weight(conv, window, channel, row, pair.high()));
          }
        }
      }
    }
    return Int32Array.of(words);
  }

  private static int weight(DepthwiseConv2d conv, Window window, int channel, int row, int column) {
    return column < 0
        ? 0
        : conv.weights()
            .get((row * window.kernelWidth() + column) * conv.outputChannels() + channel);
  }
}

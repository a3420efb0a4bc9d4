package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.OutputCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Depthwise convolution channel by channel: a band of rows of four channels is first put into four
 * planes of int16, padding included, so that two taps of a row are neighbours in a word; then each
 * plane is convolved, once for each of its output channels, by blocks of outputs. A band of all
 * rows is the fastest; lower bands need less scratch and widen the rows between them more than
 * once. One input channel is a convolution like any other.
 */
public final class DspDepthwiseConv2d implements Kernel<DepthwiseConv2d> {
  /** Kernels beyond this are left to the portable loops, since every tap is written out. */
  private static final int MOST_TAPS = 100;

  /** The part of a layer's instructions that is worth twice the scratch. */
  private static final int LEAST_SAVED = 200;

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
    if (!Channels.areInt8(conv)) {
      return List.of();
    }
    if (window.inputChannels() == 1) {
      return new DspConv2d().variants(ofOneChannel(conv));
    }
    if (window.inputChannels() < ChannelGroups.SIZE
        || window.inputWidth() < 2
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
    RowTaps taps = RowTaps.of(window.kernelWidth(), window.strideWidth(), window.dilationWidth());
    List<PlaneLayout> layouts = PlaneLayout.all(window, taps);
    int height = window.outputHeight();
    return worthTheirScratch(
        IntStream.of(height, (height + 1) / 2, (height + 3) / 4, (height + 7) / 8, 1)
            .distinct()
            .boxed()
            .flatMap(
                band ->
                    Arrays.stream(WeightWidth.values())
                        .filter(width -> width == WeightWidth.INT16 || channels.plain().isFast())
                        .flatMap(width -> code(conv, window, taps, channels, layouts, band, width)))
            .toList());
  }

  /** Without higher bands that hardly save instructions, unless they may lie over their input. */
  private static List<KernelCode> worthTheirScratch(List<KernelCode> codes) {
    return codes.stream()
        .filter(
            code ->
                !code.inPlace().isEmpty()
                    || codes.stream()
                        .filter(lower -> lower.scratchBytes() < code.scratchBytes())
                        .filter(lower -> lower.constantBytes() == code.constantBytes())
                        .allMatch(lower -> code.cost() + code.cost() / LEAST_SAVED < lower.cost()))
        .toList();
  }

  /** The same layer as a convolution of its one input channel. */
  private static Conv2d ofOneChannel(DepthwiseConv2d conv) {
    int taps = conv.window().kernelHeight() * conv.window().kernelWidth();
    byte[] weights = new byte[conv.weights().length()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = conv.weights().get(i % taps * conv.outputChannels() + i / taps);
    }
    return new Conv2d(
        conv.window(),
        conv.outputChannels(),
        1,
        conv.inputZeroPoint(),
        Int8Array.of(weights),
        conv.bias(),
        conv.output());
  }

  /** The code with the layout that takes the fewest instructions, if any suits. */
  private static Stream<KernelCode> code(
      DepthwiseConv2d conv,
      Window window,
      RowTaps taps,
      Channels best,
      List<PlaneLayout> layouts,
      int band,
      WeightWidth width) {
    Channels channels = width == WeightWidth.INT16 ? best : best.plain();
    return layouts.stream()
        .filter(layout -> layout.suits(band))
        .min(Comparator.comparingLong(layout -> layout.cost(channels, conv.outputChannels(), band)))
        .map(layout -> code(conv, window, taps, channels, layout, band, width))
        .stream();
  }

  private static KernelCode code(
      DepthwiseConv2d conv,
      Window window,
      RowTaps taps,
      Channels channels,
      PlaneLayout layout,
      int height,
      WeightWidth width) {
    Band band = new Band(height, height == window.outputHeight());
    ChannelGroups groups = new ChannelGroups(window.inputChannels());
    int pitch = layout.pitch();
    int rows =
        (height - 1) * window.strideHeight()
            + (window.kernelHeight() - 1) * window.dilationHeight()
            + 1;
    int planeWords = rows * pitch;
    int outputs = conv.outputChannels();
    int multiplier = conv.depthMultiplier();
    String plane = (multiplier > 1 ? "k / " + multiplier : "k") + " * " + planeWords;
    boolean loops = layout.areLoops(channels, outputs, height);
    KernelCode depthwise =
        channels
            .with(
                WindowCode.with(
                    KernelCode.of(
                        WindowCode.stem("depthwise_conv2d", window)
                            + (multiplier > 1 ? "x" + outputs : ""),
                        "cmsis-nn/dsp/depthwise_conv2d.c.vm"),
                    window,
                    conv.inputZeroPoint()))
            .with("outputChannels", outputs)
            .with("channelOf", multiplier > 1 ? "o / " + multiplier : "o")
            .with("groups", groups.count())
            .with("firstChannel", groups.first())
            .with("groupOutputs", ChannelGroups.SIZE * multiplier)
            .with("firstOutput", multiplier > 1 ? multiplier + " * channel" : "channel")
            .with("band", height)
            .with(
                "firstRows",
                band.isWhole()
                    ? List.of()
                    : List.of(Band.overlapping("band", window.outputHeight(), height)))
            .with("bandRows", rows)
            .with("split", List.of(split(window, band, rows, pitch)))
            .with("rowHalves", 2 * pitch)
            .with("planeWords", planeWords)
            .with("planeHalves", 2 * planeWords)
            .with(
                "paddingWords",
                window.isPadded() ? List.of(ChannelGroups.SIZE * planeWords) : List.of())
            .with(
                "lines",
                loops ? List.of(layout.loops(band, plane, outputs, channels.number())) : List.of())
            .with("plain", loops ? List.of() : List.of(layout.plain(band, plane, outputs)))
            .withScratch(new Scratch("planes", CType.UINT32, ChannelGroups.SIZE * planeWords));
    KernelCode packed =
        width == WeightWidth.INT16
            ? wide(depthwise, conv, window, channels, taps)
            : narrow(depthwise, conv, window, channels, taps);
    long bands = (window.outputHeight() + height - 1L) / height;
    int weightWords = window.kernelHeight() * taps.weights().size();
    long widening = width == WeightWidth.INT8 ? 3L * weightWords + 3 : 0;
    long splitting =
        band.isWhole()
            ? Math.min(rows, window.inputHeight()) * (window.inputWidth() * 7L + 30)
            : bands * rows * (window.inputWidth() * 7L + 34);
    long filling = window.isPadded() ? 3L * ChannelGroups.SIZE * planeWords : 0;
    KernelCode priced =
        packed.costing(
            filling
                + groups.count() * splitting
                + bands
                    * groups.count()
                    * ChannelGroups.SIZE
                    * multiplier
                    * (layout.cost(channels, outputs, height) + widening + 25),
            "4 planes, "
                + height
                + (height == 1 ? " row" : " rows")
                + " at a time, weights as "
                + width.lower());
    return multiplier == 1 && readsBeforeItWrites(window, height) ? priced.inPlaceOf(0) : priced;
  }

  /**
   * How the rows of a band come into the planes. All rows of the output need those of the image
   * alone, since nothing writes over the padding in between; a band may begin or end outside.
   */
  private static Map<String, Object> split(Window window, Band band, int rows, int pitch) {
    Map<String, Object> split = new LinkedHashMap<>();
    int first = band.isWhole() ? window.paddingTop() : 0;
    int count = band.isWhole() ? Math.min(window.inputHeight(), rows - first) : rows;
    String variable = band.isWhole() ? "row" : "i";
    String row =
        "first * %d%s%s"
            .formatted(
                window.strideHeight(),
                OutputCode.plus(-window.paddingTop()),
                count == 1 ? "" : " + i");
    boolean isFirst = band.isWhole() && count == 1;
    split.put(
        "open",
        count == 1
            ? List.of()
            : List.of(
                "for (int32_t %1$s = 0; %1$s < %2$d; %1$s++)".formatted(variable, count), "{"));
    split.put("close", count == 1 ? List.of() : List.of("}"));
    split.put("rows", band.isWhole() ? List.of() : List.of(row));
    split.put(
        "from",
        isFirst ? "" : "row * %d + ".formatted(window.inputWidth() * window.inputChannels()));
    split.put(
        "to",
        (count == 1 ? "" : " + %s * %d".formatted(variable, 2 * pitch))
            + OutputCode.plus(first * 2 * pitch + window.paddingLeft()));
    split.put("outside", band.isWhole() ? List.of() : outside(window));
    return split;
  }

  /** When a row lies in the padding; nothing if none can. */
  private static List<String> outside(Window window) {
    int end =
        (window.outputHeight() - 1) * window.strideHeight()
            + (window.kernelHeight() - 1) * window.dilationHeight()
            - window.paddingTop();
    List<String> sides = new ArrayList<>();
    if (window.paddingTop() > 0) {
      sides.add("row < 0");
    }
    if (end >= window.inputHeight()) {
      sides.add("row >= " + window.inputHeight());
    }
    return sides.isEmpty() ? List.of() : List.of(String.join(" || ", sides));
  }

  /** The code with weights as the products take them. */
  private static KernelCode wide(
      KernelCode code, DepthwiseConv2d conv, Window window, Channels channels, RowTaps taps) {
    int words = window.kernelHeight() * taps.weights().size();
    String layout =
        "[%d channels][%d rows][%d words] pairs of int16"
            .formatted(conv.outputChannels(), window.kernelHeight(), taps.weights().size());
    List<String> numbers = new ArrayList<>();
    numbers.add("const channel_numbers number = ((const channel_numbers *)channels)[o];");
    if (PlaneBlock.holdsWeights(window, taps)) {
      for (int i = 0; i < words; i++) {
        numbers.add("const uint32_t w%d = (uint32_t)weights[o * %d + %d];".formatted(i, words, i));
      }
    } else {
      numbers.add("const int32_t *const w = &weights[o * %d];".formatted(words));
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

  /** The code with weights and shifts as int8, widened once for each output channel. */
  private static KernelCode narrow(
      KernelCode code, DepthwiseConv2d conv, Window window, Channels channels, RowTaps taps) {
    int count = window.kernelHeight() * window.kernelWidth();
    String layout =
        "[%d channels][%d weights and the shift] int8".formatted(conv.outputChannels(), count);
    List<String> numbers = new ArrayList<>();
    numbers.add("const int8_t *const taps = &weights[o * %d];".formatted(count + 1));
    numbers.add(
        "const channel_numbers number = small_numbers(&channels[2 * o], taps[%d], %d);"
            .formatted(count, conv.output().zeroPoint()));
    List<String> pairs = new ArrayList<>();
    for (int row = 0; row < window.kernelHeight(); row++) {
      for (RowTaps.Weights pair : taps.weights()) {
        pairs.add(
            "low_halves(%s, %s)"
                .formatted(
                    tap(row * window.kernelWidth(), pair.low()),
                    tap(row * window.kernelWidth(), pair.high())));
      }
    }
    if (PlaneBlock.holdsWeights(window, taps)) {
      for (int i = 0; i < pairs.size(); i++) {
        numbers.add("const uint32_t w%d = %s;".formatted(i, pairs.get(i)));
      }
    } else {
      numbers.add("const uint32_t w[%d] = {".formatted(pairs.size()));
      pairs.forEach(pair -> numbers.add("    " + pair + ","));
      numbers.add("};");
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

  private static Int32Array pack(
      DepthwiseConv2d conv, Window window, Channels channels, RowTaps taps) {
    List<Integer> words = new ArrayList<>();
    for (int channel = 0; channel < conv.outputChannels(); channel++) {
      for (int row = 0; row < window.kernelHeight(); row++) {
        for (RowTaps.Weights pair : taps.weights()) {
          words.add(
              channels.isConstant(channel)
                  ? 0
                  : Pairs.ofInt16(
                      weight(conv, window, channel, row, pair.low()),
                      weight(conv, window, channel, row, pair.high())));
        }
      }
    }
    return array(words);
  }

  private static int weight(DepthwiseConv2d conv, Window window, int channel, int row, int column) {
    return column < 0
        ? 0
        : conv.weights()
            .get((row * window.kernelWidth() + column) * conv.outputChannels() + channel);
  }
}

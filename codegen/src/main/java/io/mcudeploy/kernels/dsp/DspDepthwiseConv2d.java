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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Depthwise convolution channel by channel: a band of rows of four channels is first put into four
 * planes of int16, padding included, so that two taps of a row are neighbours in a word; then each
 * plane is convolved, once for each of its output channels, two by two outputs at a time. A band of
 * all rows is the fastest; lower bands need less scratch and widen the rows between them more than
 * once. One input channel is a convolution like any other.
 */
public final class DspDepthwiseConv2d implements Kernel<DepthwiseConv2d> {
  /** Kernels beyond this are left to the portable loops, since every tap is written out. */
  private static final int MOST_TAPS = 100;

  /** From so many rows on a last row that is computed twice costs less than rows one by one. */
  private static final int LEAST_OVERLAPPING = 5;

  /** Fewer outputs do not repay what a loop in assembly puts from registers into memory. */
  private static final int LEAST_LOOPED = 16;

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
    int height = window.outputHeight();
    return IntStream.of(height, (height + 1) / 2, (height + 3) / 4, (height + 7) / 8, 1)
        .distinct()
        .boxed()
        .flatMap(
            band ->
                Arrays.stream(WeightWidth.values())
                    .filter(width -> width == WeightWidth.INT16 || channels.plain().isFast())
                    .flatMap(width -> code(conv, window, channels, band, width).stream()))
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

  private static Optional<KernelCode> code(
      DepthwiseConv2d conv, Window window, Channels best, int band, WeightWidth width) {
    Channels channels = width == WeightWidth.INT16 ? best : best.plain();
    RowTaps taps = RowTaps.of(window.kernelWidth(), window.strideWidth(), window.dilationWidth());
    ChannelGroups groups = new ChannelGroups(window.inputChannels());
    int pairs = window.outputWidth() / 2;
    int odd = window.outputWidth() % 2;
    int widest =
        Math.max(
            2 * ((pairs + odd - 1) * window.strideWidth() + taps.words()),
            window.paddingLeft() + window.inputWidth());
    int pitch = (widest + 1) / 2;
    int blockRows =
        (band % 2 == 0 || band >= LEAST_OVERLAPPING) && PlaneBlock.reaches(window, taps, 2, pitch)
            ? 2
            : 1;
    if (!PlaneBlock.reaches(window, taps, blockRows, pitch)) {
      return Optional.empty();
    }
    PlaneBlock pair = PlaneBlock.of(window, taps, blockRows, 2, pitch);
    PlaneBlock single = PlaneBlock.of(window, taps, blockRows, 1, pitch);
    boolean loops =
        channels.areBareLines()
            && band * window.outputWidth() >= LEAST_LOOPED
            && PlaneBlock.loops(window, taps, conv.outputChannels(), pitch);
    int rows =
        (band - 1) * window.strideHeight()
            + (window.kernelHeight() - 1) * window.dilationHeight()
            + 1;
    int planeWords = rows * pitch;
    int outputs = conv.outputChannels();
    int multiplier = conv.depthMultiplier();
    int last = band - blockRows;
    boolean isWhole = band % blockRows == 0;
    boolean oneBand = band == window.outputHeight();
    int strideRow = window.strideHeight() * pitch;
    int outputRow = window.outputWidth() * outputs;
    Map<String, Object> lines =
        isWhole
            ? new LinkedHashMap<>(oneRound(oneBand, outputRow))
            : rounds(band, band - 1, "min32(i, " + last + ")", oneBand, strideRow, outputRow);
    lines.put("height", isWhole ? "" + band : "(i == 0 ? %d : 2)".formatted(band - 1));
    lines.put(
        "across",
        pairs > 0
            ? List.of(
                pair.across(window, taps, outputs, pitch, channels.number(), band > blockRows))
            : List.of());
    lines.put(
        "down",
        odd > 0
            ? List.of(single.down(window, taps, outputs, pitch, channels.number()))
            : List.of());
    Map<String, Object> plain =
        band == blockRows
            ? new LinkedHashMap<>(oneRound(oneBand, outputRow))
            : rounds(
                band, blockRows, overlapping("i", band, blockRows), oneBand, strideRow, outputRow);
    plain.put("pairs", pairs > 0 ? List.of(pair.code(window, taps, outputs)) : List.of());
    plain.put("singles", odd > 0 ? List.of(single.code(window, taps, outputs)) : List.of());
    KernelCode depthwise =
        channels
            .with(
                WindowCode.with(
                    KernelCode.of(
                        "depthwise_conv2d_%dx%dx%d_to_%dx%d"
                                .formatted(
                                    window.inputHeight(),
                                    window.inputWidth(),
                                    window.inputChannels(),
                                    window.outputHeight(),
                                    window.outputWidth())
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
            .with("plane", multiplier > 1 ? "k / " + multiplier : "k")
            .with("band", band)
            .with(
                "firstRows",
                oneBand ? List.of() : List.of(overlapping("band", window.outputHeight(), band)))
            .with("bandRows", rows)
            .with(
                "rowLoop",
                rows == 1 ? List.of() : List.of("for (int32_t i = 0; i < %d; i++)".formatted(rows)))
            .with("inputRow", inputRow(window, oneBand, rows == 1))
            .with("planeRow", rows == 1 ? "" : " + i * " + 2 * pitch)
            .with("outside", outside(window))
            .with("rowHalves", 2 * pitch)
            .with("planeWords", planeWords)
            .with("planeHalves", 2 * planeWords)
            .with(
                "paddingWords",
                window.isPadded() ? List.of(ChannelGroups.SIZE * planeWords) : List.of())
            .with("outputRow", outputRow)
            .with("run", 2 * pairs * outputs)
            .with("nextPair", 2 * outputs)
            .with("pairWords", pairs * window.strideWidth())
            .with("lines", loops ? List.of(lines) : List.of())
            .with("plain", loops ? List.of() : List.of(plain))
            .withScratch(new Scratch("planes", CType.UINT32, ChannelGroups.SIZE * planeWords));
    KernelCode packed =
        width == WeightWidth.INT16
            ? wide(depthwise, conv, window, channels, taps)
            : narrow(depthwise, conv, window, channels, taps);
    long bands = (window.outputHeight() + band - 1L) / band;
    int weightWords = window.kernelHeight() * taps.weights().size();
    long widening = width == WeightWidth.INT8 ? 3L * weightWords + 3 : 0;
    long blocks =
        (band + blockRows - 1L)
            / blockRows
            * (pairs * pair.cost(channels) + odd * single.cost(channels) + 12);
    long splitting =
        bands * rows * (window.inputWidth() * 7L + 30)
            + (window.isPadded() ? 2L * rows * (window.inputWidth() + 2) : 0);
    KernelCode priced =
        packed.costing(
            groups.count() * splitting
                + bands
                    * groups.count()
                    * ChannelGroups.SIZE
                    * multiplier
                    * (blocks + widening + 25),
            "4 planes, "
                + band
                + (band == 1 ? " row" : " rows")
                + " at a time, weights as "
                + width.lower());
    return Optional.of(
        multiplier == 1 && readsBeforeItWrites(window, band) ? priced.inPlaceOf(0) : priced);
  }

  /** A loop over the rows of a band, and where its rows begin. */
  private static Map<String, Object> rounds(
      int band, int step, String row, boolean oneBand, int strideRow, int outputRow) {
    Map<String, Object> rounds = new LinkedHashMap<>();
    rounds.put("rounds", List.of("for (int32_t i = 0; i < %d; i += %d)".formatted(band, step)));
    rounds.put("rows", List.of(row));
    rounds.put("rowOfPlane", " + row * " + strideRow);
    rounds.put("rowOfOutput", (oneBand ? "row * " : "(first + row) * ") + outputRow + " + ");
    return rounds;
  }

  /** The same where one round makes all rows of a band. */
  private static Map<String, Object> oneRound(boolean oneBand, int outputRow) {
    return Map.of(
        "rounds",
        List.of(),
        "rows",
        List.of(),
        "rowOfPlane",
        "",
        "rowOfOutput",
        oneBand ? "" : "first * " + outputRow + " + ");
  }

  /** The row of the input that becomes row {@code i} of a band's planes. */
  private static String inputRow(Window window, boolean oneBand, boolean oneRow) {
    String above = OutputCode.plus(-window.paddingTop());
    if (oneBand) {
      return (oneRow ? "0" : "i") + above;
    }
    return "first * " + window.strideHeight() + above + (oneRow ? "" : " + i");
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

  /** The loop's variable as C, or the last place where a step of this size is whole. */
  private static String overlapping(String variable, int count, int step) {
    return count % step == 0 ? variable : "min32(" + variable + ", " + (count - step) + ")";
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

package io.mcudeploy.kernels;

import io.mcudeploy.kernels.dsp.Channels;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a layer's accumulators become outputs, channel by channel. Templates write {@code
 * ${output}(accumulator, channel${outputArguments})}.
 *
 * @param word of {@code core.h}
 * @param numbers what the word takes behind its constants
 * @param constants numbers of each channel
 * @param ahead what each channel's accumulator is to be too large by
 * @param cost instructions of an output
 * @param note what distinguishes it from others; empty for the fastest one
 */
record ChannelOutputs(
    OutputStage stage,
    String word,
    List<Integer> numbers,
    List<ConstantArray> constants,
    Int32Array ahead,
    int cost,
    String note) {
  private static final String SMALL = ", short numbers";

  /** Cuts of ramps in the order in which they are tried: layers should share their functions. */
  private static final List<Integer> CUTS = List.of(14, 12, 10);

  ChannelOutputs {
    numbers = List.copyOf(numbers);
    constants = List.copyOf(constants);
  }

  /**
   * The ways of a core, the fastest first.
   *
   * @param bound of the accumulators
   * @param input of the layer: sums over int16 are requantized in 64 bits
   */
  static List<ChannelOutputs> of(
      Blocking blocking, OutputStage stage, long bound, StorageType input) {
    ChannelOutputs plain = plain(blocking, stage, bound, input);
    if (input != StorageType.INT8 || stage.storage() != StorageType.INT8 || bound >= 1L << 30) {
      return List.of(plain);
    }
    Optional<ChannelOutputs> fast =
        switch (blocking.words()) {
          case RAMPS -> ramps(stage, bound);
          case LINES -> lines(blocking, stage, bound);
          case PLAIN -> Optional.empty();
        };
    return fast.map(word -> List.of(word, plain.noted(SMALL))).orElse(List.of(plain));
  }

  /** What every core has, of the fewest bytes a channel. */
  private static ChannelOutputs plain(
      Blocking blocking, OutputStage stage, long bound, StorageType input) {
    boolean wide = input != StorageType.INT8;
    String word = "channel" + 8 * stage.storage().bytes();
    return new ChannelOutputs(
        stage,
        wide
            ? word + "_wide"
            : OutputCode.isShort(stage.multipliers(), bound) ? word : word + "_any",
        List.of(stage.zeroPoint(), stage.lowest(), stage.highest()),
        List.of(
            ConstantArray.int32(
                "multiplier",
                numbers(stage, wide ? Multiplier::reduced : Multiplier::multiplier),
                "input scale * weight scale / output scale, Q31"),
            new ConstantArray(
                "shift",
                CType.INT8,
                numbers(stage, wide ? Multiplier::wideShift : OutputCode::shift),
                0,
                "right shifts behind the multipliers")),
        numbers(stage, multiplier -> 0),
        blocking.outputCost(),
        "");
  }

  private static Int32Array numbers(OutputStage stage, ToIntFunction<Multiplier> number) {
    return Int32Array.of(stage.multipliers().stream().mapToInt(number).toArray());
  }

  /** For cores without long products. */
  private static Optional<ChannelOutputs> ramps(OutputStage stage, long bound) {
    return CUTS.stream()
        .map(cut -> Ramp.of(stage, bound, cut).map(ramps -> ramps(stage, ramps, cut)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static ChannelOutputs ramps(OutputStage stage, List<Ramp> ramps, int cut) {
    boolean tied = ramps.stream().anyMatch(ramp -> ramp.tie() != 0);
    int centre = Ramp.centre(stage);
    List<List<Integer>> rows =
        ramps.stream()
            .map(
                ramp ->
                    tied
                        ? List.of(ramp.reach(), ramp.high(), ramp.low(), ramp.addend(), ramp.tie())
                        : List.of(ramp.reach(), ramp.high(), ramp.low(), ramp.addend() + centre))
            .toList();
    List<Integer> numbers = new ArrayList<>(List.of(cut));
    if (tied) {
      numbers.add(centre);
    }
    numbers.addAll(List.of(stage.lowest(), stage.highest()));
    return new ChannelOutputs(
        stage,
        tied ? "channel8_tied_ramp" : "channel8_ramp",
        numbers,
        List.of(
            table("ramps", CType.UINT32, rows, "reach, high, low, addend" + (tied ? ", tie" : ""))),
        Int32Array.of(ramps.stream().mapToInt(ramp -> -ramp.start()).toArray()),
        tied ? 20 : 14,
        "");
  }

  /** For cores that multiply 32 bits by 32 bits to 64 bits. */
  private static Optional<ChannelOutputs> lines(Blocking blocking, OutputStage stage, long bound) {
    Channels channels = Channels.of(stage, bound);
    boolean straight = channels.hasLines();
    boolean forgets = stage.multipliers().stream().anyMatch(factor -> factor.multiplier() == 0);
    if (!straight && (forgets || !channels.isFast())) {
      return Optional.empty();
    }
    List<List<Integer>> numbers =
        IntStream.range(0, channels.count()).mapToObj(channels::numbers).toList();
    return Optional.of(
        new ChannelOutputs(
            stage,
            straight ? "channel8_line" : "channel8_rounded",
            straight
                ? List.of(channels.number(), stage.lowest(), stage.highest())
                : List.of(stage.lowest(), stage.highest()),
            List.of(
                table(
                    "lines",
                    CType.INT32,
                    numbers.stream().map(row -> row.subList(1, straight ? 3 : 4)).toList(),
                    straight ? "multiplier, addend" : "multiplier, addend, shift")),
            Int32Array.of(numbers.stream().mapToInt(row -> row.get(0)).toArray()),
            blocking.outputCost() * (straight ? 1 : 2) / 3 + (straight ? 2 : 0),
            ""));
  }

  private static ConstantArray table(
      String name, CType type, List<List<Integer>> rows, String columns) {
    return new ConstantArray(
        name,
        type,
        Int32Array.of(rows.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray()),
        rows.get(0).size(),
        "[" + rows.size() + " channels][" + columns + "]");
  }

  private ChannelOutputs noted(String text) {
    return new ChannelOutputs(stage, word, numbers, constants, ahead, cost, text);
  }

  /** Biases that make accumulators as large as the word wants them. */
  Int32Array biases(Int32Array biases) {
    int[] moved = biases.toArray();
    for (int channel = 0; channel < moved.length; channel++) {
      moved[channel] += ahead.get(channel);
    }
    return Int32Array.of(moved);
  }

  /** The code with the arguments that templates name, and the constants behind its own. */
  KernelCode with(KernelCode code) {
    String names = behindComma(constants.stream().map(ConstantArray::name));
    KernelCode with =
        OutputCode.clamped(code, stage)
            .with("output", word)
            .with("outputArguments", names + behindComma(numbers.stream().map(String::valueOf)))
            .with("outputNames", names)
            .with(
                "outputParameters",
                behindComma(
                    constants.stream()
                        .map(
                            array -> "const %s *%s".formatted(array.type().cName(), array.name()))))
            .with(
                "outputLayout",
                constants.stream()
                    .map(array -> "%-11s %s".formatted(array.name(), array.comment()))
                    .toList());
    for (ConstantArray constant : constants) {
      with = with.with(constant);
    }
    return with;
  }

  private static String behindComma(Stream<String> items) {
    return items.map(item -> ", " + item).collect(Collectors.joining());
  }
}

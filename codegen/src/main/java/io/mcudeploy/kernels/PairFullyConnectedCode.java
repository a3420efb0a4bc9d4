package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.FullyConnected;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The code of a fully connected layer that multiplies an input by the weights of two outputs at
 * once: they share a word, 2^16 · w1 + w0. The sums of two or three such products, see {@link
 * InputGroups}, are added to the sums of 32 bits of either output. Weights take twice the flash. On
 * Cortex-M0 and M3 the inner loop is assembly whose steps are words of either core.
 */
final class PairFullyConnectedCode {
  private static final int OUTPUTS = 4;
  private static final int MOST_INPUTS = 3;

  /** Groups of inputs in a round of the loop. */
  private static final int UNROLLED = 8;

  private final FullyConnected layer;
  private final ChannelOutputs stage;
  private final boolean thumb;

  /** Instructions of two inputs by the weights of four outputs. */
  private final int groupCost;

  private final ChannelGroups blocks;
  private final InputGroups groups;
  private final int unrolled;

  private PairFullyConnectedCode(Blocking blocking, FullyConnected layer, ChannelOutputs stage) {
    this.layer = layer;
    this.stage = stage;
    thumb = !blocking.equals(Blocking.RV32);
    groupCost = blocking.equals(Blocking.M0) ? 19 : thumb ? 13 : 23;
    blocks = new ChannelGroups(layer.outputs(), OUTPUTS);
    groups = InputGroups.of(layer.weights(), layer.outputs(), layer.inputs(), MOST_INPUTS);
    unrolled = Math.min(UNROLLED, groups.count());
  }

  /** The code, unless the core is better off without, or there are too few outputs. */
  static Optional<KernelCode> of(Blocking blocking, FullyConnected layer, ChannelOutputs stage) {
    boolean suits =
        !blocking.equals(Blocking.PORTABLE)
            && layer.rows() == 1
            && layer.input() == StorageType.INT8
            && layer.output().storage() == StorageType.INT8
            && layer.outputs() >= OUTPUTS
            && layer.inputs() < 1 << 14
            && layer.accumulatorBound() < 1L << 29;
    return suits
        ? Optional.of(new PairFullyConnectedCode(blocking, layer, stage).code())
        : Optional.empty();
  }

  private KernelCode code() {
    int inputs = layer.inputs();
    int total = (groups.count() + unrolled - 1) / unrolled * unrolled;
    int words = total * groups.size();
    boolean ordered = groups.size() > 2;
    KernelCode code =
        KernelCode.of(
                "fully_connected_%dx%d".formatted(inputs, layer.outputs()),
                thumb
                    ? "cmsis-nn/thumb/fully_connected.c.vm"
                    : "portable/fully_connected_pairs.c.vm")
            .with("inputs", inputs)
            .with("outputs", layer.outputs())
            .with("bound", layer.accumulatorBound())
            .with("size", groups.size())
            .with("groups", total)
            .with("words", words)
            .with("blocks", blocks.count())
            .with("firstOutput", blocks.first().replace("group", "block"))
            .with("lanes", blocks.stores())
            .with("ordered", ordered ? List.of(1) : List.of())
            .with("place", ordered ? "places[i]" : "i")
            .with("fillers", fillers(words))
            .with("steps", steps())
            .with("stepInputs", unrolled * groups.size())
            .with("stepWeights", 2 * unrolled * groups.size())
            .with(
                new ConstantArray(
                    "weights",
                    CType.UINT32,
                    Int32Array.computed(blocks.count() * 2 * words, () -> pack(words)),
                    2 * groups.size(),
                    "[%d blocks of 4 outputs][%d groups of inputs][2 words][%d inputs]"
                        .formatted(blocks.count(), total, groups.size())))
            .with(
                ConstantArray.int32(
                    "bias",
                    bias(total),
                    "the input's zero point and %d for each group folded in"
                        .formatted(InputGroups.OFFSET)));
    if (ordered) {
      code =
          code.with(
              new ConstantArray(
                  "places",
                  CType.UINT16,
                  Int32Array.of(groups.places().stream().mapToInt(Integer::intValue).toArray()),
                  0,
                  "of each input in the vector"));
    }
    return stage
        .with(code)
        .withScratch(new Scratch("vector", CType.INT32, words))
        .costing(
            cost(total),
            "2 outputs a word, %d inputs x 4 outputs".formatted(groups.size()) + stage.note());
  }

  private long cost(int total) {
    long group = groupCost + (long) (groups.size() - 2) * (groupCost / 4);
    return 6L * layer.inputs()
        + blocks.count()
            * (total * group + 4L * total / unrolled + 20 + (long) OUTPUTS * stage.cost());
  }

  /** Words behind the groups that no input fills. */
  private List<Integer> fillers(int words) {
    List<Integer> places = groups.size() > 2 ? groups.places() : identity();
    return IntStream.range(0, words).filter(i -> !places.contains(i)).boxed().toList();
  }

  private List<Integer> identity() {
    return IntStream.range(0, layer.inputs()).boxed().toList();
  }

  /** Where the groups of a round begin. */
  private List<Map<String, Integer>> steps() {
    int size = groups.size();
    return IntStream.range(0, unrolled)
        .mapToObj(
            i -> Map.of("input", i * size, "first", 2 * i * size, "second", (2 * i + 1) * size))
        .collect(Collectors.toList());
  }

  private int[] pack(int words) {
    int size = groups.size();
    int[] packed = new int[blocks.count() * 2 * words];
    int start = 0;
    for (int first : blocks.firsts()) {
      for (int input = 0; input < layer.inputs(); input++) {
        int place = groups.places().get(input);
        for (int pair = 0; pair < 2; pair++) {
          packed[start + (place / size * 2 + pair) * size + place % size] =
              weight(first + 2 * pair, input) + (weight(first + 2 * pair + 1, input) << 16);
        }
      }
      start += 2 * words;
    }
    return packed;
  }

  private int weight(int output, int input) {
    return layer.weights().get(output * layer.inputs() + input);
  }

  private Int32Array bias(int total) {
    int[] bias =
        Blocks.fold(
                stage.biases(layer.bias()), layer.weights(), layer.inputs(), layer.inputZeroPoint())
            .toArray();
    for (int o = 0; o < bias.length; o++) {
      bias[o] -= total * InputGroups.OFFSET;
    }
    return Int32Array.of(bias);
  }
}

package io.mcudeploy.simplification;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.AveragePool2d;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.LookupTable;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Reduce;
import io.mcudeploy.quantized.operators.Requantize;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Each channel by itself: a channel is taken out of all tensors of the layer, or of none.
 *
 * @param ranges the output's from the inputs'
 * @param reduced the operator of some channels
 */
record SeparateChannels(
    Function<List<ChannelRanges>, ChannelRanges> ranges,
    Function<List<Integer>, IntegerOperator> reduced)
    implements ChannelWise {

  /** A range from the inputs' ranges. */
  private interface Interval {
    int end(int channel, int low, int high);
  }

  @Override
  public Optional<ChannelRanges> output(List<ChannelRanges> inputs) {
    return Optional.of(ranges.apply(inputs));
  }

  static SeparateChannels of(DepthwiseConv2d conv) {
    int channels = conv.outputChannels();
    return new SeparateChannels(
        unary(
            (c, low, high) -> conv.output().apply(c, extremeSum(conv, c, low, high, 1)),
            (c, low, high) -> conv.output().apply(c, extremeSum(conv, c, low, high, -1))),
        kept -> {
          int taps = conv.weights().length() / channels;
          byte[] weights = new byte[taps * kept.size()];
          for (int i = 0; i < weights.length; i++) {
            weights[i] = conv.weights().get(i / kept.size() * channels + kept.get(i % kept.size()));
          }
          int[] bias = kept.stream().mapToInt(conv.bias()::get).toArray();
          return new DepthwiseConv2d(
              conv.window().withChannels(kept.size()),
              1,
              conv.inputZeroPoint(),
              Int8Array.of(weights),
              Int32Array.of(bias),
              MixedChannels.select(conv.output(), kept));
        });
  }

  /** The lowest sum for sign 1, the highest for −1. */
  private static int extremeSum(DepthwiseConv2d conv, int c, int low, int high, int sign) {
    int sum = conv.bias().get(c);
    boolean padded = conv.window().isPadded();
    for (int i = c; i < conv.weights().length(); i += conv.outputChannels()) {
      int w = conv.weights().get(i);
      int x = (w * sign > 0 ? low : high) - conv.inputZeroPoint();
      sum += padded ? sign * Math.min(0, sign * w * x) : w * x;
    }
    return sum;
  }

  static SeparateChannels of(MaxPool2d pool) {
    return new SeparateChannels(
        clamp(pool.lowest(), pool.highest()),
        kept ->
            new MaxPool2d(pool.window().withChannels(kept.size()), pool.lowest(), pool.highest()));
  }

  static SeparateChannels of(AveragePool2d pool) {
    return new SeparateChannels(
        clamp(pool.lowest(), pool.highest()),
        kept ->
            new AveragePool2d(
                pool.window().withChannels(kept.size()), pool.lowest(), pool.highest()));
  }

  private static Function<List<ChannelRanges>, ChannelRanges> clamp(int lowest, int highest) {
    return unary(
        (c, low, high) -> Math.max(lowest, Math.min(highest, low)),
        (c, low, high) -> Math.max(lowest, Math.min(highest, high)));
  }

  static SeparateChannels of(Reduce sum) {
    int zero = sum.inputZeroPoint();
    return new SeparateChannels(
        unary(
            (c, low, high) -> sum.output().apply(0, sum.depth() * (low - zero)),
            (c, low, high) -> sum.output().apply(0, sum.depth() * (high - zero))),
        kept ->
            new Reduce(sum.reduction(), sum.outer(), sum.depth(), kept.size(), zero, sum.output()));
  }

  static SeparateChannels of(LookupTable table, int channels) {
    int positions = table.elements() / channels;
    return new SeparateChannels(
        unary(
            (c, low, high) -> extreme(table.table(), low, high, 1),
            (c, low, high) -> extreme(table.table(), low, high, -1)),
        kept -> new LookupTable(positions * kept.size(), table.table()));
  }

  /** The lowest of a table's outputs for sign 1, the highest for −1. */
  private static int extreme(Int8Array table, int low, int high, int sign) {
    int extreme = table.get(low + 128);
    for (int x = low; x <= high; x++) {
      extreme = sign * Math.min(sign * extreme, sign * table.get(x + 128));
    }
    return extreme;
  }

  static SeparateChannels of(Requantize requantize, int channels) {
    int positions = requantize.elements() / channels;
    return new SeparateChannels(
        unary(
            (c, low, high) -> requantize.rescale().apply(low),
            (c, low, high) -> requantize.rescale().apply(high)),
        kept -> new Requantize(positions * kept.size(), requantize.rescale()));
  }

  static SeparateChannels of(Add add, int channels) {
    int positions = add.operands().left().elements() / channels;
    return new SeparateChannels(
        inputs -> {
          ChannelRanges left = inputs.get(0);
          ChannelRanges right = inputs.get(1);
          Int32Array least = add.subtract() ? right.highest() : right.lowest();
          Int32Array most = add.subtract() ? right.lowest() : right.highest();
          return ChannelRanges.of(
              channels,
              c -> add.apply(left.lowest().get(c), least.get(c)),
              c -> add.apply(left.highest().get(c), most.get(c)));
        },
        kept -> {
          Shape shape = Shape.of(positions * kept.size());
          return new Add(
              Broadcast.of(shape, shape),
              add.storage(),
              add.subtract(),
              add.leftZeroPoint(),
              add.leftMultiplier(),
              add.rightZeroPoint(),
              add.rightMultiplier(),
              add.outputMultiplier(),
              add.outputZeroPoint(),
              add.lowest(),
              add.highest());
        });
  }

  private static Function<List<ChannelRanges>, ChannelRanges> unary(Interval low, Interval high) {
    return inputs -> {
      ChannelRanges x = inputs.get(0);
      return ChannelRanges.of(
          x.channels(),
          c -> low.end(c, x.lowest().get(c), x.highest().get(c)),
          c -> high.end(c, x.lowest().get(c), x.highest().get(c)));
    };
  }
}

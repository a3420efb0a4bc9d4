package io.mcudeploy.simplification;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.PrimaryCapsules;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Sums over all channels: {@code output(bias[o] + Σ (x − zeroPoint) · w[o])}. A channel that is
 * constant adds a constant to each sum, which goes into the bias.
 *
 * @param channels of the input
 * @param weights [outputs][taps][channels]
 * @param bias one for each output
 * @param padded whether some taps are outside the image at some positions and add nothing there
 * @param stage of the outputs; none if they are more than numbers by themselves, such as capsules
 * @param assembly builds the operator of fewer channels
 */
record MixedChannels(
    int channels,
    int zeroPoint,
    Int8Array weights,
    Int32Array bias,
    boolean padded,
    Optional<OutputStage> stage,
    Assembly assembly)
    implements ChannelWise {

  /** Builds an operator from what is left of its parts. */
  @FunctionalInterface
  interface Assembly {
    IntegerOperator of(int channels, Int8Array weights, Int32Array bias, Optional<OutputStage> out);
  }

  static MixedChannels of(Conv2d conv) {
    return new MixedChannels(
        conv.window().inputChannels(),
        conv.inputZeroPoint(),
        conv.weights(),
        conv.bias(),
        conv.window().isPadded(),
        Optional.of(conv.output()),
        (channels, weights, bias, stage) ->
            new Conv2d(
                conv.window().withChannels(channels),
                bias.length(),
                1,
                conv.inputZeroPoint(),
                weights,
                bias,
                stage.orElseThrow()));
  }

  static MixedChannels of(FullyConnected layer, int channels) {
    int positions = layer.inputs() / channels;
    return new MixedChannels(
        channels,
        layer.inputZeroPoint(),
        layer.weights(),
        layer.bias(),
        false,
        Optional.of(layer.output()),
        (kept, weights, bias, stage) ->
            new FullyConnected(
                layer.rows(),
                positions * kept,
                bias.length(),
                layer.inputZeroPoint(),
                weights,
                bias,
                stage.orElseThrow()));
  }

  static MixedChannels of(PrimaryCapsules capsules) {
    return new MixedChannels(
        capsules.window().inputChannels(),
        capsules.inputZeroPoint(),
        capsules.weights(),
        capsules.bias(),
        capsules.window().isPadded(),
        Optional.empty(),
        (channels, weights, bias, stage) ->
            new PrimaryCapsules(
                capsules.window().withChannels(channels),
                bias.length(),
                1,
                capsules.inputZeroPoint(),
                weights,
                bias,
                capsules.relu(),
                capsules.ratios(),
                capsules.table()));
  }

  private int weightsPerOutput() {
    return weights.length() / bias.length();
  }

  @Override
  public Optional<ChannelRanges> output(List<ChannelRanges> inputs) {
    return stage.map(out -> output(out, inputs.get(0)));
  }

  private ChannelRanges output(OutputStage out, ChannelRanges input) {
    return ChannelRanges.of(
        bias.length(),
        o -> out.apply(o, extremeSum(o, input, 1)),
        o -> out.apply(o, extremeSum(o, input, -1)));
  }

  /** The lowest sum of an output for sign 1, the highest for −1. */
  private int extremeSum(int o, ChannelRanges input, int sign) {
    int perOutput = weightsPerOutput();
    int sum = bias.get(o);
    for (int i = 0; i < perOutput; i++) {
      int w = weights.get(o * perOutput + i);
      int c = i % channels;
      int x = (w * sign > 0 ? input.lowest().get(c) : input.highest().get(c)) - zeroPoint;
      sum += padded ? sign * Math.min(0, sign * w * x) : w * x;
    }
    return sum;
  }

  /** Whether the needed outputs get by without a channel: it adds nothing, or a constant. */
  boolean ignores(int channel, ChannelRanges input, IntPredicate needed) {
    boolean foldable =
        input.isConstant(channel) && (!padded || input.lowest().get(channel) == zeroPoint);
    return foldable || hasNoWeight(channel, needed);
  }

  private boolean hasNoWeight(int channel, IntPredicate needed) {
    int perOutput = weightsPerOutput();
    for (int o = 0; o < bias.length(); o++) {
      for (int i = channel; i < perOutput; i += channels) {
        if (weights.get(o * perOutput + i) != 0 && needed.test(o)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The operator from some channels to some outputs, what the others add being in the biases. */
  IntegerOperator reduced(ChannelRanges input, List<Integer> kept, List<Integer> outputs) {
    boolean[] isKept = new boolean[channels];
    kept.forEach(channel -> isKept[channel] = true);
    int perOutput = weightsPerOutput();
    int taps = perOutput / channels;
    byte[] w = new byte[outputs.size() * taps * kept.size()];
    int[] b = new int[outputs.size()];
    int at = 0;
    for (int row = 0; row < b.length; row++) {
      int o = outputs.get(row);
      b[row] = bias.get(o);
      for (int i = 0; i < perOutput; i++) {
        int c = i % channels;
        byte weight = weights.get(o * perOutput + i);
        if (isKept[c]) {
          w[at++] = weight;
        } else {
          b[row] += weight * (input.lowest().get(c) - zeroPoint);
        }
      }
    }
    return assembly.of(
        kept.size(), Int8Array.of(w), Int32Array.of(b), stage.map(out -> select(out, outputs)));
  }

  /** The stage of some of its channels. */
  static OutputStage select(OutputStage stage, List<Integer> channels) {
    return new OutputStage(
        channels.stream().map(stage.multipliers()::get).toList(),
        stage.zeroPoint(),
        stage.lowest(),
        stage.highest(),
        stage.storage());
  }
}

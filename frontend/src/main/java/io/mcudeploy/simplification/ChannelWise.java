package io.mcudeploy.simplification;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.AveragePool2d;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.LookupTable;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.PrimaryCapsules;
import io.mcudeploy.quantized.operators.Reduce;
import io.mcudeploy.quantized.operators.Requantize;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an operator does with channels, the last axis of its tensors. Either each output channel
 * comes from all input channels ({@link MixedChannels}), or from the same channel of the inputs
 * alone ({@link SeparateChannels}).
 */
sealed interface ChannelWise permits MixedChannels, SeparateChannels {
  /** What the output's channels can hold; nothing if they cannot be taken out. */
  Optional<ChannelRanges> output(List<ChannelRanges> inputs);

  /**
   * The operator as this class sees it; nothing if it needs every channel or is not of int8.
   *
   * @param channels of its first input
   */
  static Optional<ChannelWise> of(IntegerOperator operator, int channels) {
    if (!isInt8(operator)) {
      return Optional.empty();
    }
    if (operator instanceof FullyConnected layer) {
      return when(layer.inputs() % channels == 0, () -> MixedChannels.of(layer, channels));
    }
    if (operator instanceof Conv2d || operator instanceof PrimaryCapsules) {
      return ofImage(operator).filter(mixed -> mixed.channels() == channels).map(mixed -> mixed);
    }
    if (operator instanceof DepthwiseConv2d depthwise) {
      return when(
          depthwise.depthMultiplier() == 1 && depthwise.window().inputChannels() == channels,
          () -> SeparateChannels.of(depthwise));
    }
    if (operator instanceof MaxPool2d pool) {
      return when(pool.window().inputChannels() == channels, () -> SeparateChannels.of(pool));
    }
    if (operator instanceof AveragePool2d pool) {
      return when(pool.window().inputChannels() == channels, () -> SeparateChannels.of(pool));
    }
    if (operator instanceof Reduce mean) {
      return when(
          mean.reduction() == Reduce.Reduction.SUM && mean.inner() == channels,
          () -> SeparateChannels.of(mean));
    }
    if (operator instanceof LookupTable table) {
      return when(table.elements() % channels == 0, () -> SeparateChannels.of(table, channels));
    }
    if (operator instanceof Requantize requantize) {
      return when(
          requantize.elements() % channels == 0, () -> SeparateChannels.of(requantize, channels));
    }
    if (operator instanceof Add add) {
      return when(
          add.operands().isElementwise() && add.operands().left().elements() % channels == 0,
          () -> SeparateChannels.of(add, channels));
    }
    return Optional.empty();
  }

  /** The operator where nothing is known of its input's channels. */
  static Optional<ChannelWise> of(IntegerOperator operator) {
    if (!isInt8(operator)) {
      return Optional.empty();
    }
    if (operator instanceof FullyConnected layer) {
      return Optional.of(MixedChannels.of(layer, layer.inputs()));
    }
    return ofImage(operator).map(mixed -> mixed);
  }

  private static Optional<MixedChannels> ofImage(IntegerOperator operator) {
    if (operator instanceof Conv2d conv && conv.groups() == 1) {
      return Optional.of(MixedChannels.of(conv));
    }
    if (operator instanceof PrimaryCapsules capsules && capsules.groups() == 1) {
      return Optional.of(MixedChannels.of(capsules));
    }
    return Optional.empty();
  }

  private static boolean isInt8(IntegerOperator operator) {
    return operator.inputStorage(0) == StorageType.INT8
        && operator.outputStorage(0) == StorageType.INT8;
  }

  private static Optional<ChannelWise> when(boolean covered, Supplier<ChannelWise> channels) {
    return covered ? Optional.of(channels.get()) : Optional.empty();
  }
}

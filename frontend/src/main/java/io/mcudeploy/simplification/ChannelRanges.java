package io.mcudeploy.simplification;

import io.mcudeploy.quantized.Int32Array;

/**
 * What the channels of a tensor can hold, whatever the network's input.
 *
 * @param lowest one for each channel
 * @param highest one for each channel, not below the lowest
 */
record ChannelRanges(Int32Array lowest, Int32Array highest) {
  /** Of channels that can hold any int8. */
  static ChannelRanges int8(int channels) {
    return of(channels, channel -> Byte.MIN_VALUE, channel -> Byte.MAX_VALUE);
  }

  /** An end of a channel's range. */
  @FunctionalInterface
  interface End {
    int of(int channel);
  }

  static ChannelRanges of(int channels, End lowest, End highest) {
    int[] low = new int[channels];
    int[] high = new int[channels];
    for (int channel = 0; channel < channels; channel++) {
      low[channel] = lowest.of(channel);
      high[channel] = highest.of(channel);
    }
    return new ChannelRanges(Int32Array.of(low), Int32Array.of(high));
  }

  int channels() {
    return lowest.length();
  }

  boolean isConstant(int channel) {
    return lowest.get(channel) == highest.get(channel);
  }
}

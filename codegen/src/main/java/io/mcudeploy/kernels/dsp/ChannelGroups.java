package io.mcudeploy.kernels.dsp;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Channels in groups of four. Where their number is not a multiple of four, the last group overlaps
 * the one before it: its outputs are computed twice, to the same bytes. Fewer than four channels
 * are one group with weights of 0 for the channels that are not there.
 */
record ChannelGroups(int channels) {
  /** Channels in a group. */
  static final int SIZE = 4;

  int count() {
    return (channels + SIZE - 1) / SIZE;
  }

  /** The first channel of the last group. */
  int last() {
    return Math.max(0, channels - SIZE);
  }

  /** The first channel of each group. */
  List<Integer> firsts() {
    return IntStream.range(0, count()).map(g -> Math.min(g * SIZE, last())).boxed().toList();
  }

  /** The channels of a group that exist, counted from its first. */
  List<Integer> stores() {
    return IntStream.range(0, Math.min(SIZE, channels)).boxed().toList();
  }
}

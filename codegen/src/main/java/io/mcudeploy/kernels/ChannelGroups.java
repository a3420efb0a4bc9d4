package io.mcudeploy.kernels;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Channels in groups. Where their number is not a multiple of the group's size, the last group
 * overlaps the one before it: its outputs are computed twice, to the same bytes. Fewer channels
 * than a group has are one group with weights of 0 for the channels that are not there.
 *
 * @param size channels in a group
 */
public record ChannelGroups(int channels, int size) {
  /** Channels in a group where nothing else is said. */
  public static final int SIZE = 4;

  /** Groups of four. */
  public ChannelGroups(int channels) {
    this(channels, SIZE);
  }

  public int count() {
    return (channels + size - 1) / size;
  }

  /** Whether some channels are in two groups. */
  public boolean overlap() {
    return channels > size && channels % size != 0;
  }

  /** The first channel of the last group. */
  public int last() {
    return Math.max(0, channels - size);
  }

  /** The first channel of each group. */
  public List<Integer> firsts() {
    return IntStream.range(0, count()).map(g -> Math.min(g * size, last())).boxed().toList();
  }

  /** The first channel of the group with the number {@code group} in C. */
  public String first() {
    String first = size + " * group";
    return channels % size == 0 ? first : "min32(" + first + ", " + last() + ")";
  }

  /** The channels of a group that exist, counted from its first. */
  public List<Integer> stores() {
    return IntStream.range(0, Math.min(size, channels)).boxed().toList();
  }
}

package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.mve.DepthwiseTiling.Taps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Vectors of weights laid over each other: vectors that differ by a few places only begin at
 * different bytes of one string, and the zeros at the end of one channel's string are those at the
 * beginning of the next one's.
 *
 * @param taps of a channel's string
 * @param offsets where each vector begins
 */
record WeightString(List<Integer> taps, List<Integer> offsets) {
  WeightString {
    taps = List.copyOf(taps);
    offsets = List.copyOf(offsets);
  }

  static WeightString of(List<Taps> vectors) {
    List<Integer> string = new ArrayList<>(vectors.get(0).lanes());
    for (Taps vector : vectors) {
      join(string, vector.lanes());
    }
    return new WeightString(
        string, vectors.stream().map(v -> Collections.indexOfSubList(string, v.lanes())).toList());
  }

  /** Puts a vector where the string grows least, inside, behind or before it. */
  private static void join(List<Integer> string, List<Integer> vector) {
    if (Collections.indexOfSubList(string, vector) >= 0) {
      return;
    }
    int behind = overlap(string, vector);
    int before = overlap(vector, string);
    if (behind >= before) {
      string.addAll(vector.subList(behind, vector.size()));
    } else {
      string.addAll(0, vector.subList(0, vector.size() - before));
    }
  }

  /** The longest end of one list that the other begins with. */
  private static int overlap(List<Integer> first, List<Integer> second) {
    int longest = Math.min(first.size(), second.size());
    while (!first
        .subList(first.size() - longest, first.size())
        .equals(second.subList(0, longest))) {
      longest--;
    }
    return longest;
  }

  /** Bytes from one channel's string to the next one's. */
  int stride() {
    int zeros = 0;
    while (zeros < taps.size() / 2
        && taps.get(zeros) == Taps.NONE
        && taps.get(taps.size() - 1 - zeros) == Taps.NONE) {
      zeros++;
    }
    return taps.size() - zeros;
  }

  /** Bytes of all channels' strings. */
  int length(int channels) {
    return (channels - 1) * stride() + taps.size();
  }
}

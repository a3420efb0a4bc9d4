package io.mcudeploy.operators;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Where each element of a resized axis comes from: a weighted sum of neighbouring elements of the
 * axis before.
 *
 * @param extent of the axis before
 * @param taps one for each element after, the first tap of each at least 0 and the last below the
 *     extent
 */
public record Sampling(int extent, List<Taps> taps) {

  /**
   * Neighbours and their shares.
   *
   * @param first the first neighbour's position
   * @param weights of the neighbours from there on, 1 in all; none where the element lies outside
   *     the input
   */
  public record Taps(int first, List<Double> weights) {
    public Taps {
      weights = List.copyOf(weights);
    }

    /** One element as it is. */
    public static Taps at(int position) {
      return new Taps(position, List.of(1.0));
    }
  }

  public Sampling {
    taps = List.copyOf(taps);
    for (Taps each : taps) {
      if (each.first < 0 || each.first + each.weights.size() > extent) {
        throw new IllegalArgumentException(
            each.weights.size() + " elements from " + each.first + " on of an axis of " + extent);
      }
    }
  }

  /** The axis as it is. */
  public static Sampling identity(int extent) {
    return new Sampling(extent, IntStream.range(0, extent).mapToObj(Taps::at).toList());
  }

  public boolean isIdentity() {
    return equals(identity(extent));
  }

  /** Whether every element is one of those before. */
  public boolean picks() {
    return taps.stream().allMatch(each -> each.weights.equals(List.of(1.0)));
  }

  /** Whether no element lies outside the input. */
  public boolean isInside() {
    return taps.stream().noneMatch(each -> each.weights.isEmpty());
  }

  /** Extents only: the weights would fill pages. */
  @Override
  public String toString() {
    return extent + "->" + taps.size();
  }
}

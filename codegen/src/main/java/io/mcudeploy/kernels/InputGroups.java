package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int8Array;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The inputs of a window in groups whose sums of products keep to 16 bits whatever the inputs are,
 * so that the sums of two positions can share a word:
 *
 * <pre>
 *   −OFFSET ≤ Σ x · w ≤ 65535 − OFFSET   for all x in −128..127
 * </pre>
 *
 * <p>Two weights always do. Three or four do where they are small; inputs change places until no
 * output has a group of too large ones.
 *
 * @param size inputs of a group
 * @param places for each input its place, {@code size} to a group; a place may stay empty
 */
record InputGroups(int size, List<Integer> places) {
  /** Makes every sum of a group positive. */
  static final int OFFSET = 32512;

  /** Absolute weights of a group at most: 128 · 254 = OFFSET. */
  private static final int MOST = 254;

  private static final int FEWEST = 2;

  InputGroups {
    places = List.copyOf(places);
  }

  /**
   * The largest groups that an order of the inputs allows.
   *
   * @param weights [outputs][inputs]
   * @param most inputs of a group
   */
  static InputGroups of(Int8Array weights, int outputs, int inputs, int most) {
    for (int size = most; size > FEWEST; size--) {
      Optional<InputGroups> found = new Search(weights, outputs, inputs, size).run();
      if (found.isPresent()) {
        return found.get();
      }
    }
    // Twice −128 is more than MOST, but 65535 − OFFSET leaves room for it.
    return new InputGroups(FEWEST, IntStream.range(0, inputs).boxed().toList());
  }

  int count() {
    return (places.size() + size - 1) / size;
  }

  /**
   * Exchanges inputs of two groups as long as that makes the excess over all outputs smaller, the
   * worst group first and by the best exchange.
   */
  private static final class Search {
    /** Groups with an excess, of all outputs, beyond which exchanges have never been enough. */
    private static final double MOST_TOO_LARGE = 0.15;

    private final int size;
    private final int inputs;
    private final int[][] columns;
    private final int[] order;
    private final int[][] sums;

    Search(Int8Array weights, int outputs, int inputs, int size) {
      this.size = size;
      this.inputs = inputs;
      int groups = (inputs + size - 1) / size;
      columns = new int[groups * size][outputs];
      for (int input = 0; input < inputs; input++) {
        for (int output = 0; output < outputs; output++) {
          columns[input][output] = Math.abs(weights.get(output * inputs + input));
        }
      }
      order = IntStream.range(0, groups * size).toArray();
      sums = new int[groups][outputs];
      for (int place = 0; place < order.length; place++) {
        for (int output = 0; output < outputs; output++) {
          sums[place / size][output] += columns[place][output];
        }
      }
    }

    Optional<InputGroups> run() {
      long tooLarge =
          Arrays.stream(sums).flatMapToInt(Arrays::stream).filter(sum -> sum > MOST).count();
      if (tooLarge > MOST_TOO_LARGE * sums.length * sums[0].length) {
        return Optional.empty();
      }
      while (IntStream.range(0, sums.length).anyMatch(group -> excess(group) > 0)) {
        if (!improve()) {
          return Optional.empty();
        }
      }
      int[] places = new int[order.length];
      for (int place = 0; place < order.length; place++) {
        places[order[place]] = place;
      }
      return Optional.of(
          new InputGroups(size, Arrays.stream(places).limit(inputs).boxed().toList()));
    }

    /** Makes the best exchange for the worst group that has one. */
    private boolean improve() {
      List<Integer> worst =
          IntStream.range(0, sums.length)
              .filter(group -> excess(group) > 0)
              .boxed()
              .sorted(Comparator.comparingInt(group -> -excess(group)))
              .toList();
      return worst.stream().anyMatch(this::improve);
    }

    private boolean improve(int group) {
      int most = 0;
      int here = 0;
      int there = 0;
      for (int place = group * size; place < (group + 1) * size; place++) {
        for (int other = 0; other < order.length; other++) {
          int gain = other / size == group ? 0 : gain(place, other);
          if (gain > most) {
            most = gain;
            here = place;
            there = other;
          }
        }
      }
      if (most > 0) {
        exchange(here, there);
      }
      return most > 0;
    }

    /** By how much an exchange makes the excess of both groups smaller. */
    private int gain(int place, int other) {
      int[] a = columns[order[place]];
      int[] b = columns[order[other]];
      int[] left = sums[place / size];
      int[] right = sums[other / size];
      int gain = 0;
      for (int output = 0; output < a.length; output++) {
        int change = b[output] - a[output];
        gain += excess(left[output], 0) + excess(right[output], 0);
        gain -= excess(left[output], change) + excess(right[output], -change);
      }
      return gain;
    }

    private void exchange(int place, int other) {
      int[] a = columns[order[place]];
      int[] b = columns[order[other]];
      for (int output = 0; output < a.length; output++) {
        sums[place / size][output] += b[output] - a[output];
        sums[other / size][output] += a[output] - b[output];
      }
      int input = order[place];
      order[place] = order[other];
      order[other] = input;
    }

    private int excess(int group) {
      return Arrays.stream(sums[group]).map(sum -> excess(sum, 0)).sum();
    }

    private static int excess(int sum, int change) {
      return Math.max(0, sum + change - MOST);
    }
  }
}

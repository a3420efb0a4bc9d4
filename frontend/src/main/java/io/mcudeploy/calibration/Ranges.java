package io.mcudeploy.calibration;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What calibration learnt about a network.
 *
 * @param ranges of every real value, by name; constants are absent
 * @param predictions of every node that routes capsules, by name: the largest prediction |û| for
 *     each output capsule
 * @param scheme of the scales that shall cover the ranges
 */
public record Ranges(
    Map<String, Range> ranges, Map<String, List<Double>> predictions, ActivationScheme scheme) {
  public Ranges {
    ranges = Collections.unmodifiableMap(new TreeMap<>(ranges));
    predictions = Collections.unmodifiableMap(new TreeMap<>(predictions));
  }

  /** Ranges of a network without capsules. */
  public static Ranges of(Map<String, Range> ranges) {
    return new Ranges(ranges, Map.of(), ActivationScheme.ASYMMETRIC);
  }

  public Range of(String value) {
    Range range = ranges.get(value);
    if (range == null) {
      throw new IllegalArgumentException("value " + value + " was not calibrated");
    }
    return range;
  }

  /** The largest predictions of a node that routes capsules. */
  public List<Double> predictionsOf(String node) {
    List<Double> largest = predictions.get(node);
    if (largest == null) {
      throw new IllegalArgumentException("node " + node + " was not calibrated");
    }
    return largest;
  }

  /** One line for each value. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("ranges\n");
    ranges.forEach(
        (value, range) ->
            text.append("  ")
                .append(value)
                .append(": ")
                .append(range.low())
                .append(" .. ")
                .append(range.high())
                .append('\n'));
    return text.toString();
  }
}

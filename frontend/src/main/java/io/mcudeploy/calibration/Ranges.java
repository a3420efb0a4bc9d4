package io.mcudeploy.calibration;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The range of every real value of a network, by name; constants are absent. */
public record Ranges(Map<String, Range> ranges) {
  public Ranges {
    ranges = Collections.unmodifiableMap(new TreeMap<>(ranges));
  }

  public Range of(String value) {
    Range range = ranges.get(value);
    if (range == null) {
      throw new IllegalArgumentException("value " + value + " was not calibrated");
    }
    return range;
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

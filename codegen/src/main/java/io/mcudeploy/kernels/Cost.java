package io.mcudeploy.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Instructions of one inference: how often each part of a kernel runs, times what a run takes. The
 * latter is measured, and lies in {@code costs.properties}, one line for each part of each kernel;
 * {@code CostTableTest} compares it with what is measured now, and writes it anew.
 *
 * @param fixed what was counted otherwise
 * @param kernel whose lines of the table count; empty if nothing is from the table
 * @param counts runs in one inference of each part, such as {@code step}
 */
public record Cost(long fixed, String kernel, SortedMap<String, Long> counts) {
  private static final Properties TABLE = table();

  public Cost {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  /** So many instructions. */
  public static Cost of(long instructions) {
    return new Cost(instructions, "", new TreeMap<>());
  }

  /** Nothing yet, for parts of a kernel. */
  public static Cost of(String kernel) {
    return new Cost(0, kernel, new TreeMap<>());
  }

  /** This with so many runs of one more part. */
  public Cost with(String part, long runs) {
    SortedMap<String, Long> more = new TreeMap<>(counts);
    more.merge(part, runs, Long::sum);
    return new Cost(fixed, kernel, more);
  }

  /** This and so many instructions. */
  public Cost plus(long instructions) {
    return new Cost(fixed + instructions, kernel, counts);
  }

  /**
   * All together.
   *
   * @throws IllegalStateException if the table has no line for a part
   */
  public long instructions() {
    double sum = fixed;
    for (var part : counts.entrySet()) {
      String line = kernel + "." + part.getKey();
      String instructions = TABLE.getProperty(line);
      if (instructions == null) {
        throw new IllegalStateException("costs.properties has no " + line);
      }
      sum += part.getValue() * Double.parseDouble(instructions);
    }
    return Math.round(sum);
  }

  private static Properties table() {
    Properties table = new Properties();
    try (InputStream lines = Cost.class.getResourceAsStream("/costs.properties")) {
      if (lines == null) {
        throw new IllegalStateException("the table of costs is not part of the program");
      }
      table.load(lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table;
  }
}

package io.mcudeploy.diagnostics;

import java.util.Locale;

/** How numbers are written for people, the same on every machine. */
public final class Numbers {
  private Numbers() {}

  /** With thousands separated, such as {@code 67,427}. */
  public static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}

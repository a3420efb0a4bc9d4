package io.mcudeploy.diagnostics;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What the user may have meant by a name that does not exist. */
public final class Suggestion {
  private Suggestion() {}

  /**
   * The candidate nearest to a misspelt name, if one is near enough to be worth asking about: at
   * most a third of the name's letters away, or the only one that starts with it.
   */
  public static Optional<String> closest(String name, Collection<String> candidates) {
    String wanted = name.toLowerCase(Locale.ROOT);
    Optional<String> nearest =
        candidates.stream()
            .filter(candidate -> distance(wanted, candidate) <= Math.max(1, wanted.length() / 3))
            .min(
                Comparator.<String>comparingInt(candidate -> distance(wanted, candidate))
                    .thenComparing(Comparator.naturalOrder()));
    if (nearest.isPresent()) {
      return nearest;
    }
    var continued =
        candidates.stream()
            .filter(candidate -> candidate.toLowerCase(Locale.ROOT).contains(wanted))
            .toList();
    return continued.size() == 1 ? Optional.of(continued.get(0)) : Optional.empty();
  }

  /** Levenshtein distance between a lower-case name and a candidate. */
  private static int distance(String wanted, String candidate) {
    String other = candidate.toLowerCase(Locale.ROOT);
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= wanted.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int substitution = diagonal + (wanted.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}

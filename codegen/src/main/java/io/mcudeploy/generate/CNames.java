package io.mcudeploy.generate;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Identifiers for names from a model file, which may hold any character. Within one scope equal
 * names get equal identifiers and different names different ones.
 */
final class CNames {
  private final Map<String, String> identifiers = new LinkedHashMap<>();
  private final Set<String> taken = new LinkedHashSet<>();

  /** A scope in which some identifiers are not free. */
  CNames(Set<String> reserved) {
    taken.addAll(reserved);
  }

  /** The identifier of a name in this scope. */
  String of(String name) {
    return identifiers.computeIfAbsent(name, this::fresh);
  }

  private String fresh(String name) {
    String stem = sanitise(name);
    String identifier = stem;
    for (int i = 2; !taken.add(identifier); i++) {
      identifier = stem + "_" + i;
    }
    return identifier;
  }

  /** Lower-case letters, digits and single underscores, beginning with a letter. */
  static String sanitise(String name) {
    String plain =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_+|_+$", "");
    return plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "n" + plain : plain;
  }
}

package io.mcudeploy.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words that kernels are written in: small inline functions, and the macros and structures they
 * need, one {@code core.h} a family. The portable file gives every word its meaning; a family
 * nearer to the core may say a word again with the core's own instructions, and add words for its
 * own templates. A generated {@code <model>_core.h} holds the words its kernels use and no others,
 * each from the most special family.
 */
final class Vocabulary {
  private static final Pattern DEFINITION =
      Pattern.compile(
          "^(?:static inline .*?(?<function>\\w+)\\(|#define (?<macro>\\w+)|} (?<type>\\w+);)",
          Pattern.MULTILINE);
  private static final List<String> KINDS = List.of("function", "macro", "type");
  private static final Pattern IDENTIFIER = Pattern.compile("\\b[A-Za-z_]\\w*\\b");

  private static final Pattern HEADER = Pattern.compile("^#include <.*>$", Pattern.MULTILINE);

  /** The text of each word, its comment included, by name. */
  private final Map<String, String> words;

  /** The {@code #include} lines of the file that each word is from. */
  private final Map<String, List<String>> headers;

  private Vocabulary(Map<String, String> words, Map<String, List<String>> headers) {
    this.words = words;
    this.headers = headers;
  }

  /**
   * The words of a core.
   *
   * @param chain families, the most special first
   */
  static Vocabulary of(List<String> chain) {
    Map<String, String> words = new LinkedHashMap<>();
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (int i = chain.size() - 1; i >= 0; i--) {
      String text = Templates.find(chain.get(i) + "/core.h").orElse("");
      List<String> included = HEADER.matcher(text).results().map(MatchResult::group).toList();
      Map<String, String> parsed = parse(text);
      words.putAll(parsed);
      parsed.keySet().forEach(word -> headers.put(word, included));
    }
    return new Vocabulary(words, headers);
  }

  /** The {@code #include} lines that the words in {@link #definitions} need. */
  List<String> headers(String code) {
    return needed(code).stream()
        .map(headers::get)
        .flatMap(List::stream)
        .distinct()
        .sorted()
        .toList();
  }

  /** The words some code uses and the words these use, each behind those it is made of. */
  String definitions(String code) {
    return String.join("\n\n", needed(code).stream().map(words::get).toList());
  }

  private Set<String> needed(String code) {
    Set<String> needed = new LinkedHashSet<>();
    Set<String> used = identifiers(code);
    for (String word : words.keySet()) {
      if (used.contains(word)) {
        require(word, needed);
      }
    }
    return needed;
  }

  /**
   * What an inline function or a macro stands for: the text behind its head; nothing for other
   * identifiers, types among them.
   */
  Optional<String> body(String word) {
    String text = words.get(word);
    if (text == null || text.contains("} " + word + ";")) {
      return Optional.empty();
    }
    Matcher definition = DEFINITION.matcher(text);
    boolean macro = definition.find() && definition.group("macro") != null;
    return Optional.of(
        macro
            ? text.substring(definition.end()).replaceFirst("^\\([^)]*\\)", "")
            : text.substring(text.indexOf("\n{") + 1));
  }

  /** Whether a word is inlined wherever it is used, for the sake of its constant arguments. */
  boolean isMeantForConstants(String word) {
    return words.getOrDefault(word, "").contains("__attribute__((always_inline))");
  }

  private void require(String word, Set<String> needed) {
    if (needed.contains(word)) {
      return;
    }
    for (String part : identifiers(words.get(word))) {
      if (!part.equals(word) && words.containsKey(part)) {
        require(part, needed);
      }
    }
    needed.add(word);
  }

  /**
   * Cuts a {@code core.h} into its words: paragraphs that define an inline function, a macro or a
   * structure. What stands between (guards, includes, prose) is for the file's own reader.
   */
  private static Map<String, String> parse(String file) {
    Map<String, String> words = new LinkedHashMap<>();
    for (String paragraph : paragraphs(file)) {
      Matcher definition = DEFINITION.matcher(paragraph);
      if (definition.find()) {
        KINDS.stream()
            .map(definition::group)
            .filter(Objects::nonNull)
            .forEach(word -> words.put(word, paragraph));
      }
    }
    return words;
  }

  /** Runs of lines up to an empty line that is not inside a function or comment. */
  private static List<String> paragraphs(String file) {
    List<String> paragraphs = new ArrayList<>();
    StringBuilder paragraph = new StringBuilder();
    boolean inside = false;
    for (String line : file.lines().toList()) {
      if (line.startsWith("{") || (line.startsWith("/*") && !line.contains("*/"))) {
        inside = true;
      } else if (line.startsWith("}") || line.contains("*/")) {
        inside = false;
      }
      if (line.isEmpty() && !inside) {
        paragraphs.add(paragraph.toString().strip());
        paragraph.setLength(0);
      } else {
        paragraph.append(line).append('\n');
      }
    }
    paragraphs.add(paragraph.toString().strip());
    return paragraphs;
  }

  private static Set<String> identifiers(String code) {
    Set<String> identifiers = new LinkedHashSet<>();
    Matcher matcher = IDENTIFIER.matcher(code);
    while (matcher.find()) {
      identifiers.add(matcher.group());
    }
    return identifiers;
  }
}

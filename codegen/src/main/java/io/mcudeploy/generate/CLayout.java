package io.mcudeploy.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Gives C text its final layout, so that templates may be laid out for their own reader: four
 * spaces a brace or parenthesis, preprocessor lines at the margin, no blanks at line ends, never
 * two empty lines in a row, none behind an opening or before a closing brace. It knows only as much
 * C as our templates use.
 */
final class CLayout {
  private static final String INDENT = "    ";

  /** A way to write an expression shorter. */
  private record Identity(Pattern left, String right) {
    static Identity of(String left, String right) {
      return new Identity(Pattern.compile(left), right);
    }
  }

  /**
   * For {@code [0 * 16 + i]}, {@code [1 * 16]}, {@code i / 1}, {@code row - 0}, {@code i += 1},
   * {@code (row)}.
   */
  private static final List<Identity> IDENTITIES =
      List.of(
          Identity.of("(?<=[\\[(])0 \\* \\d+ \\+ ", ""),
          Identity.of("(?<=[\\[(]|= )1 \\* (?=\\w)", ""),
          Identity.of(" [*/] 1(?![\\w.])", ""),
          Identity.of(" [-+] 0(?=[],;)])", ""),
          Identity.of("(?<=^|; )(\\w+) \\+= 1(?=[;)])", "$1++"),
          Identity.of("(?<=\\w\\()\\((\\w+)\\)(?=,)", "$1"),
          Identity.of("(?<=\\[)\\((\\w+)\\) ", "$1 "));

  private final List<String> lines = new ArrayList<>();
  private int depth;
  private int parentheses;
  private boolean inComment;
  private boolean inMacro;
  private boolean inCplusplus;
  private boolean continues;

  private CLayout() {}

  /** The text laid out, ending with one line feed. */
  static String of(String text) {
    CLayout layout = new CLayout();
    text.lines().map(String::strip).map(CLayout::simplified).forEach(layout::add);
    layout.dropBlank();
    return String.join("\n", layout.lines) + "\n";
  }

  /** Without what is left where templates are filled in with 0 and 1. */
  private static String simplified(String line) {
    if (isNumbers(line)) {
      return line;
    }
    String simple = line;
    for (Identity identity : IDENTITIES) {
      simple = identity.left.matcher(simple).replaceAll(identity.right);
    }
    return simple;
  }

  /** Whether a line is one of the many of a constant's initialiser, which nothing simplifies. */
  private static boolean isNumbers(String line) {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean isNumber = (c >= '0' && c <= '9') || c == ',' || c == ' ' || c == 'u';
      boolean isSign = c == '-' && i + 1 < line.length() && line.charAt(i + 1) != ' ';
      if (!isNumber && !isSign) {
        return false;
      }
    }
    return true;
  }

  private void add(String line) {
    if (inComment) {
      lines.add((indent(depth) + (line.startsWith("*") ? " " : "   ") + line).stripTrailing());
      inComment = !line.contains("*/");
    } else if (line.isEmpty()) {
      addBlank();
    } else if (line.startsWith("#") || inMacro) {
      addPreprocessor(line);
    } else if (line.startsWith("/*") && !line.contains("*/")) {
      lines.add(indent(depth) + line);
      inComment = true;
    } else if (inCplusplus) {
      lines.add(line);
    } else {
      addCode(line);
    }
  }

  private void addBlank() {
    if (!lines.isEmpty() && !last().isEmpty() && !last().endsWith("{")) {
      lines.add("");
    }
  }

  private void addPreprocessor(String line) {
    lines.add(inMacro ? INDENT + line : line);
    inMacro = line.endsWith("\\");
    if (line.startsWith("#ifdef __cplusplus")) {
      inCplusplus = true;
    } else if (line.startsWith("#endif")) {
      inCplusplus = false;
    }
    continues = false;
  }

  private void addCode(String line) {
    if (line.startsWith("}")) {
      dropBlank();
    }
    int opened = 0;
    int closedFirst = 0;
    boolean leading = true;
    String code = codeOf(line);
    for (int i = 0; i < code.length(); i++) {
      char c = code.charAt(i);
      if (c == '{' || c == '(') {
        opened++;
        leading = false;
      } else if (c == '}' || c == ')') {
        opened--;
        closedFirst += leading ? 1 : 0;
      } else if (c != ' ') {
        leading = false;
      }
    }
    boolean wrapped =
        continues && parentheses == 0 && !code.startsWith("{") && !code.startsWith("}");
    lines.add(indent(depth - closedFirst + (wrapped ? 1 : 0)) + line);
    depth += opened;
    parentheses += count(code, '(') - count(code, ')');
    if (depth < 0) {
      throw new IllegalStateException("unbalanced: " + line);
    }
    String end = code.stripTrailing();
    if (!end.isEmpty()) {
      continues = ";{},:(".indexOf(end.charAt(end.length() - 1)) < 0;
    }
  }

  private static int count(String code, char c) {
    return (int) code.chars().filter(other -> other == c).count();
  }

  /** The line with what comments and literals hold blanked out. */
  private static String codeOf(String line) {
    StringBuilder code = new StringBuilder(line);
    int i = 0;
    while (i < code.length()) {
      char c = code.charAt(i);
      int end = i + 1;
      if (line.startsWith("/*", i)) {
        int close = line.indexOf("*/", i + 2);
        end = close < 0 ? line.length() : close + 2;
        blank(code, i, end);
      } else if (c == '"' || c == '\'') {
        end = closingQuote(line, i) + 1;
        blank(code, i + 1, end - 1);
      }
      i = end;
    }
    return code.toString();
  }

  private static int closingQuote(String line, int open) {
    int i = open + 1;
    while (i < line.length() && line.charAt(i) != line.charAt(open)) {
      i += line.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(i, line.length() - 1);
  }

  private static void blank(StringBuilder code, int start, int end) {
    for (int i = start; i < end; i++) {
      code.setCharAt(i, ' ');
    }
  }

  private void dropBlank() {
    while (!lines.isEmpty() && last().isEmpty()) {
      lines.remove(lines.size() - 1);
    }
  }

  private String last() {
    return lines.get(lines.size() - 1);
  }

  private static String indent(int levels) {
    return INDENT.repeat(Math.max(0, levels));
  }
}

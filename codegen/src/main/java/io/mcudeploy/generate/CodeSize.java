package io.mcudeploy.generate;

import io.mcudeploy.kernels.KernelCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An estimate of the machine code of a kernel, from its C: each operator of C and each instruction
 * written out counts, those of the words it uses included, since these are inlined. Calibrated with
 * GCC 12 at {@code -O2} for Cortex-M3 and M4; right within a factor of two, mostly within a
 * quarter.
 */
public final class CodeSize {
  /** Bytes of entry and exit. */
  private static final double FRAME = 16;

  private static final double BYTES_OF_INSTRUCTION = 3.6;
  private static final double BYTES_OF_OPERATOR = 2.5;

  /** Bytes of what reads a member of a structure, and of the spill that its register costs. */
  private static final double BYTES_OF_MEMBER = 12;

  /** What constant arguments leave of a word that is meant for them, beside members: none. */
  private static final double LEFT_BY_CONSTANTS = 0.5;

  /** Comments, and what only tells the compiler what a number can be. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "/\\*.*?\\*/|if \\([^{;]*\\)\\s*\\{\\s*__builtin_unreachable\\(\\);\\s*}",
          Pattern.DOTALL);

  /** A loop that the compiler is told to write out, up to its body. */
  private static final Pattern UNROLLED =
      Pattern.compile("#pragma GCC unroll (\\d+)\\s+for \\([^{]*\\{");

  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?:[^\"\\\\]|\\\\.)*\"|[A-Za-z_]\\w*|\\d\\w*|<<=|>>=|->|\\+\\+|--|&&|\\|\\|"
              + "|[-+*/%&|^<>=!]=|<<|>>|\\S");
  private static final Set<String> OPERATORS =
      Set.of(
          "+", "-", "*", "/", "%", "&", "|", "^", "<", ">", "<=", ">=", "==", "!=", "?", "<<", ">>",
          "&&", "||", "[", "+=", "-=", "*=", "|=", "&=", "^=", "<<=", ">>=", "++", "--");
  private static final String MEMBER = "->";
  private static final String ASSEMBLY = "__asm__";
  private static final String END_OF_INSTRUCTION = "\\n\\t";

  private final Templates templates = new Templates();
  private final Vocabulary vocabulary;

  /** Bytes of words among constant arguments, and among others. */
  private final Map<String, Double> specialized = new LinkedHashMap<>();

  private final Map<String, Double> general = new LinkedHashMap<>();

  /**
   * @param chain the core's families of kernels, the most special first
   */
  public CodeSize(List<String> chain) {
    this.vocabulary = Vocabulary.of(chain);
  }

  /** Estimated bytes of the function of a kernel. */
  public int bytes(KernelCode code) {
    if (code.isView()) {
      return 0;
    }
    Map<String, Object> values = new LinkedHashMap<>(code.arguments());
    values.put("signature", "");
    values.put("function", "");
    values.put("bound", "");
    return (int) Math.round(FRAME + weight(templates.render(code.template(), values), specialized));
  }

  /** Bytes of a piece of C. */
  private double weight(String code, Map<String, Double> words) {
    String plain = NO_CODE.matcher(code).replaceAll(" ");
    Matcher loop = UNROLLED.matcher(plain);
    if (!loop.find()) {
      return weightOfTokens(plain, words);
    }
    int end = closing(plain, loop.end());
    return weightOfTokens(plain.substring(0, loop.start()), words)
        + Integer.parseInt(loop.group(1)) * weight(plain.substring(loop.end(), end), words)
        + weight(plain.substring(end), words);
  }

  /** Where the brace closes that is open at a place. */
  private static int closing(String code, int from) {
    int open = 1;
    int at = from;
    while (open > 0 && at < code.length()) {
      char c = code.charAt(at++);
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return at;
  }

  private double weightOfTokens(String code, Map<String, Double> words) {
    double bytes = 0;
    Matcher token = TOKEN.matcher(code);
    while (token.find()) {
      String text = token.group();
      if (text.startsWith("\"")) {
        bytes +=
            BYTES_OF_INSTRUCTION * (text.split(Pattern.quote(END_OF_INSTRUCTION), -1).length - 1);
      } else if (text.equals(ASSEMBLY)) {
        bytes += BYTES_OF_INSTRUCTION;
      } else if (text.equals(MEMBER)) {
        bytes += BYTES_OF_MEMBER;
      } else if (OPERATORS.contains(text)) {
        bytes += BYTES_OF_OPERATOR;
      } else {
        bytes += word(text, words);
      }
    }
    return bytes;
  }

  /**
   * Bytes of a word where it is used; 0 if the identifier is none. A word that is not meant for
   * constants passes on none to those it uses.
   */
  private double word(String name, Map<String, Double> words) {
    if (!words.containsKey(name)) {
      words.put(name, 0.0);
      boolean constants = words == specialized && vocabulary.isMeantForConstants(name);
      vocabulary
          .body(name)
          .ifPresent(
              body ->
                  words.put(
                      name,
                      constants
                          ? LEFT_BY_CONSTANTS * weight(body.replace(MEMBER, "."), specialized)
                          : weight(body, general)));
    }
    return words.get(name);
  }
}

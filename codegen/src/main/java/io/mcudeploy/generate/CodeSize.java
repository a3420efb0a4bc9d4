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

  /** What constant arguments leave of a word that is meant for them. */
  private static final double LEFT_BY_CONSTANTS = 0.5;

  /** Comments, and what only tells the compiler what a number can be. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "/\\*.*?\\*/|if \\([^{;]*\\)\\s*\\{\\s*__builtin_unreachable\\(\\);\\s*}",
          Pattern.DOTALL);

  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?:[^\"\\\\]|\\\\.)*\"|[A-Za-z_]\\w*|\\d\\w*|<<=|>>=|->|\\+\\+|--|&&|\\|\\|"
              + "|[-+*/%&|^<>=!]=|<<|>>|\\S");
  private static final Set<String> OPERATORS =
      Set.of(
          "+", "-", "*", "/", "%", "&", "|", "^", "<", ">", "<=", ">=", "==", "!=", "?", "<<", ">>",
          "&&", "||", "[", "->", "+=", "-=", "*=", "|=", "&=", "^=", "<<=", ">>=", "++", "--");
  private static final String ASSEMBLY = "__asm__";
  private static final String END_OF_INSTRUCTION = "\\n\\t";

  private final Templates templates = new Templates();
  private final Vocabulary vocabulary;
  private final Map<String, Double> words = new LinkedHashMap<>();

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
    return (int) Math.round(FRAME + weight(templates.render(code.template(), values)));
  }

  /** Bytes of a piece of C. */
  private double weight(String code) {
    double bytes = 0;
    Matcher token = TOKEN.matcher(NO_CODE.matcher(code).replaceAll(" "));
    while (token.find()) {
      String text = token.group();
      if (text.startsWith("\"")) {
        bytes +=
            BYTES_OF_INSTRUCTION * (text.split(Pattern.quote(END_OF_INSTRUCTION), -1).length - 1);
      } else if (text.equals(ASSEMBLY)) {
        bytes += BYTES_OF_INSTRUCTION;
      } else if (OPERATORS.contains(text)) {
        bytes += BYTES_OF_OPERATOR;
      } else {
        bytes += word(text);
      }
    }
    return bytes;
  }

  /** Bytes of a word where it is used; 0 if the identifier is none. */
  private double word(String name) {
    if (!words.containsKey(name)) {
      words.put(name, 0.0);
      double share = vocabulary.isMeantForConstants(name) ? LEFT_BY_CONSTANTS : 1;
      vocabulary.body(name).ifPresent(body -> words.put(name, share * weight(body)));
    }
    return words.get(name);
  }
}

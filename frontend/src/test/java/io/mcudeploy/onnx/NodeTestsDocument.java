package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Diagnostic;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What {@code docs/onnx-node-tests.md} says about the runs of {@link OnnxNodeTestsTest}. */
final class NodeTestsDocument {
  /**
   * How far from the expected output a test may be in integers, in steps of the output's scale and
   * beyond what rounding the inputs explains, for each layer the node becomes.
   */
  static final double STEPS_A_LAYER = 1;

  private static final String INTRODUCTION =
      """
      # The ONNX node tests

      The ONNX project tests each of its operators; these are the %d tests of the operators that matter
      here (onnx v1.22.0). This page is written and checked by `OnnxNodeTestsTest`:

          mvn -pl frontend test -Dtest=OnnxNodeTestsTest -Ddocuments.record=true

      Each test is run with all its inputs fed, with the first fed and the others constant, and with all
      constant. It passes if the float model gives the expected output, within 0.1 %%, wherever it is
      imported, and it is imported at least once. Whatever is not imported is a diagnostic.

      | float model | tests |
      | :-- | --: |
      | equal to the expected output | %d |
      | rejected with a diagnostic | %d |

      """;

  private static final String QUANTIZED =
      """
      ## In integers

      Each test that passes is also quantized, calibrated on its own inputs, and run through the golden
      model. The bound is one step of the output's scale for each layer that the node becomes, beyond the
      error that rounding the inputs to int8 causes in the float model. Of an output of 16 bits, which
      recurrent layers have, a step is 256 of its own.

      | golden model | tests |
      | :-- | --: |
      | within half a step and a hundredth | %d |
      | within one step | %d |
      | within one step a layer | %d |
      | beyond | %d |
      | not run in integers | %d |

      """;

  private NodeTestsDocument() {}

  /**
   * The page.
   *
   * @param rejections every test, with the diagnostic if it is rejected
   * @param quantized every test that passes
   */
  static String text(
      Map<String, Optional<Diagnostic>> rejections, Map<String, NodeTestQuantization> quantized) {
    StringBuilder text = new StringBuilder();
    int rejected = (int) rejections.values().stream().filter(Optional::isPresent).count();
    text.append(INTRODUCTION.formatted(rejections.size(), rejections.size() - rejected, rejected));
    text.append("| rejected | why |\n| :-- | :-- |\n");
    rejections.forEach(
        (name, why) -> why.ifPresent(diagnostic -> row(text, name, reason(diagnostic))));
    text.append('\n').append(quantization(quantized));
    return text.toString();
  }

  private static String quantization(Map<String, NodeTestQuantization> quantized) {
    StringBuilder text = new StringBuilder();
    Map<String, NodeTestQuantization> run = new TreeMap<>(quantized);
    run.values().removeIf(result -> result.error().isEmpty());
    int half = count(run, 0.51);
    int one = count(run, 1);
    int bound = (int) run.values().stream().filter(NodeTestsDocument::isWithinBound).count();
    text.append(
        QUANTIZED.formatted(
            half, one - half, bound - one, run.size() - bound, quantized.size() - run.size()));
    text.append("| more than one step | layers | steps |\n| :-- | --: | --: |\n");
    run.forEach(
        (name, result) -> {
          if (result.error().orElseThrow() > 1) {
            row(text, name, result.layers(), steps(result));
          }
        });
    text.append("\n| not run in integers | tests |\n| :-- | :-- |\n");
    byReason(quantized).forEach((reason, names) -> row(text, reason, String.join(", ", names)));
    return text.toString();
  }

  static boolean isWithinBound(NodeTestQuantization result) {
    return result.error().orElse(0.0) <= Math.max(1, result.layers() * STEPS_A_LAYER);
  }

  private static int count(Map<String, NodeTestQuantization> run, double steps) {
    return (int)
        run.values().stream().filter(result -> result.error().orElseThrow() <= steps).count();
  }

  private static Map<String, List<String>> byReason(Map<String, NodeTestQuantization> quantized) {
    Map<String, List<String>> byReason = new TreeMap<>();
    for (String reason :
        new TreeSet<>(quantized.values().stream().map(NodeTestQuantization::reason).toList())) {
      if (!reason.isEmpty()) {
        byReason.put(
            reason,
            quantized.keySet().stream()
                .filter(name -> quantized.get(name).reason().equals(reason))
                .toList());
      }
    }
    return byReason;
  }

  private static String steps(NodeTestQuantization result) {
    return String.format(Locale.ROOT, "%.2f", result.error().orElseThrow());
  }

  private static String reason(Diagnostic diagnostic) {
    return diagnostic.code() + ": " + diagnostic.message();
  }

  private static void row(StringBuilder text, Object... cells) {
    for (Object cell : cells) {
      text.append("| ").append(cell.toString().replace("|", "\\|")).append(' ');
    }
    text.append("|\n");
  }
}

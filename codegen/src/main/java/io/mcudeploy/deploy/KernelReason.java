package io.mcudeploy.deploy;

import io.mcudeploy.generate.CodeSize;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Kernels;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Step;
import io.mcudeploy.plan.Views;
import io.mcudeploy.quantized.operators.Fused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Why a layer got its kernel: what the core's other kernels for it need, and what they would cost
 * or gain.
 *
 * @param number of the layer, from 1
 * @param reason a sentence
 * @param chosen the layer's kernel
 * @param others in the order of their instructions
 */
public record KernelReason(
    int number, String layer, String reason, Option chosen, List<Option> others) {
  private static final String ONLY = "the only kernel for it";

  public KernelReason {
    others = List.copyOf(others);
  }

  /**
   * A kernel for the layer.
   *
   * @param instructions estimated, of an inference
   * @param codeBytes estimated; 0 for a function that another layer of the plan uses anyway
   */
  public record Option(
      String kernel, long instructions, int constantBytes, int codeBytes, int scratchBytes) {
    private int flashBytes() {
      return constantBytes + codeBytes;
    }

    private Map<String, Object> facts() {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("kernel", kernel);
      facts.put("estimatedInstructions", instructions);
      facts.put("constantBytes", constantBytes);
      facts.put("estimatedCodeBytes", codeBytes);
      facts.put("scratchBytes", scratchBytes);
      return facts;
    }
  }

  /**
   * The reasons of all layers.
   *
   * @param chain the core's families of kernels, the most special first
   * @param pinned tensors whose place is the user's choice
   */
  static List<KernelReason> of(Plan plan, List<String> chain, Goal goal, Set<String> pinned) {
    CodeSize size = new CodeSize(chain);
    List<KernelReason> reasons = new ArrayList<>();
    for (Step step : plan.schedule().steps()) {
      Option chosen = option(step.kernel(), step, plan, size);
      if (plan.schedule().chain(step.number()).isPresent()) {
        reasons.add(
            new KernelReason(
                step.number(), step.layer().name(), rowByRow(step, plan), chosen, List.of()));
        continue;
      }
      if (step.kernel().isView()) {
        reasons.add(
            new KernelReason(
                step.number(),
                step.layer().name(),
                "no code: the elements are where they belong from the start",
                chosen,
                List.of()));
        continue;
      }
      List<Option> others =
          Kernels.variants(step.layer().operator(), chain).stream()
              .filter(variant -> !isSameCode(variant, step.kernel()))
              .map(variant -> option(variant, step, plan, size))
              .toList();
      String copies =
          Views.whyCopied(plan.schedule().graph(), step.layer(), plan.schedule().ports(), pinned)
              .map(why -> "; copies, since " + why)
              .orElse("");
      reasons.add(
          new KernelReason(
              step.number(),
              step.layer().name(),
              reason(chosen, others, goal) + copies + together(step, chain),
              chosen,
              others));
    }
    return reasons;
  }

  private static String rowByRow(Step step, Plan plan) {
    return plan.schedule()
        .line(step.layer().outputs().get(0))
        .map(
            line ->
                "runs row by row, %d of %d rows of its output in memory"
                    .formatted(line.rows(), line.height()))
        .orElse("runs row by row");
  }

  private static Option option(KernelCode code, Step step, Plan plan, CodeSize size) {
    boolean shared =
        plan.schedule().steps().stream()
            .filter(other -> other.number() != step.number())
            .map(Step::kernel)
            .anyMatch(other -> isSameCode(code, other));
    return new Option(
        code.title(),
        code.cost(),
        code.constantBytes(),
        shared ? 0 : size.bytes(code),
        code.scratchBytes());
  }

  /** Whether kernels are the same C; their constants, which take long to pack, are not compared. */
  private static boolean isSameCode(KernelCode one, KernelCode other) {
    return one.template().equals(other.template()) && one.arguments().equals(other.arguments());
  }

  private static String reason(Option chosen, List<Option> others, Goal goal) {
    if (others.isEmpty()) {
      return ONLY;
    }
    Option fastest = others.get(0);
    if (chosen.instructions() <= fastest.instructions()) {
      return "the fastest of " + (others.size() + 1) + " kernels";
    }
    return String.format(
        Locale.ROOT,
        "%s; the fastest, %s, would save %.0f %% of its instructions for %s of flash and %s of"
            + " scratch",
        motive(goal),
        fastest.kernel(),
        100.0 * (chosen.instructions() - fastest.instructions()) / chosen.instructions(),
        difference(fastest.flashBytes() - chosen.flashBytes()),
        difference(fastest.scratchBytes() - chosen.scratchBytes()));
  }

  /** What a kernel saves that computes two layers at once; empty for others. */
  private static String together(Step step, List<String> chain) {
    if (!(step.layer().operator() instanceof Fused pair)) {
      return "";
    }
    long apart =
        Stream.of(pair.first(), pair.second())
            .mapToLong(operator -> Kernels.variants(operator, chain).get(0).cost())
            .sum();
    return String.format(
        Locale.ROOT,
        "; both layers at once: apart they take about %,d instructions, together %,d",
        apart,
        step.kernel().cost());
  }

  private static String motive(Goal goal) {
    return switch (goal) {
      case TIME -> "the fastest that fits the board";
      case BALANCED -> "faster ones are not worth their flash, or do not fit";
      case RAM -> "the fastest in the smallest arena";
      case SIZE -> "least flash together with the other layers";
    };
  }

  private static String difference(int bytes) {
    return String.format(
        Locale.ROOT, "%,d %s", Math.abs(bytes), bytes < 0 ? "bytes less" : "bytes more");
  }

  /** For machines, in a fixed order. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("number", number);
    facts.put("layer", layer);
    facts.put("reason", reason);
    facts.put("chosen", chosen.facts());
    facts.put("others", others.stream().map(Option::facts).toList());
    return facts;
  }

  /** Whether the planner decided anything about the layer. */
  boolean isChoice() {
    return !reason.equals(ONLY);
  }

  /** A line of the report. */
  String line() {
    return number + " `" + layer + "`: " + reason;
  }
}

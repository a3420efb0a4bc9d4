package io.mcudeploy.kernels;

import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Reduce;
import io.mcudeploy.quantized.operators.Reduce.Reduction;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Sums, extremes and lengths along an axis. The loops along the axis are words, which each family
 * says in its own instructions: over neighbours, or over the rows of four columns at once.
 */
final class ReduceKernel implements Kernel<Reduce> {
  /** Columns that a word takes at once. */
  private static final int COLUMNS = 4;

  private static final Set<Reduction> BY_COLUMNS =
      Set.of(Reduction.SUM, Reduction.MAX, Reduction.MIN);

  private static final Map<Reduction, String> MEANING =
      Map.of(
          Reduction.SUM, "the sum of (x[d] - zero point)",
          Reduction.MAX, "the largest (x[d] - zero point)",
          Reduction.MIN, "the smallest (x[d] - zero point)",
          Reduction.L1, "the sum of |x[d] - zero point|",
          Reduction.SUM_SQUARE, "the sum of (x[d] - zero point)^2",
          Reduction.L2, "the root of the sum of (x[d] - zero point)^2, fixed point");

  private static final Map<Reduction, String> WORDS =
      Map.of(
          Reduction.SUM, "sum",
          Reduction.MAX, "largest",
          Reduction.MIN, "smallest",
          Reduction.L1, "distances",
          Reduction.SUM_SQUARE, "squares",
          Reduction.L2, "squares");

  @Override
  public Class<Reduce> operator() {
    return Reduce.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Reduce operator) {
    boolean columns =
        operator.inner() >= COLUMNS
            && operator.input() == StorageType.INT8
            && BY_COLUMNS.contains(operator.reduction());
    String stem =
        "reduce_%s_%dx%dx%d"
            .formatted(
                operator.reduction().name().toLowerCase(Locale.ROOT),
                operator.outer(),
                operator.depth(),
                operator.inner());
    KernelCode code =
        KernelCode.of(stem, columns ? "portable/reduce_columns.c.vm" : "portable/reduce.c.vm")
            .with("what", MEANING.get(operator.reduction()))
            .with("outer", operator.outer())
            .with("depth", operator.depth())
            .with("inner", operator.inner());
    KernelCode reduced =
        columns
            ? code.with("lastFour", operator.inner() - COLUMNS)
                .with("word", word(operator) + "_columns")
                .with("centre", centre(operator))
            : code.with("inputType", OutputCode.typeName(operator.input()))
                .with("reduced", reduced(operator));
    long elements = (long) operator.outer() * operator.inner() * operator.depth();
    long outputs = (long) operator.outer() * operator.inner();
    return List.of(
        OutputCode.single(reduced, operator.output(), operator.accumulatorBound())
            .costing((columns ? 3 : 5) * elements + 20 * outputs, ""));
  }

  /** Such as {@code sum8}. */
  private static String word(Reduce operator) {
    return WORDS.get(operator.reduction()) + 8 * operator.input().bytes();
  }

  /** The accumulator of one output as C. */
  private static String reduced(Reduce operator) {
    String call = "%s(in, %d, %d".formatted(word(operator), operator.depth(), operator.inner());
    return switch (operator.reduction()) {
      case SUM, MAX, MIN -> call + ")" + centre(operator);
      case L1 -> call + ", " + operator.inputZeroPoint() + ")";
      case SUM_SQUARE -> "(int32_t)" + call + ", " + operator.inputZeroPoint() + ")";
      case L2 ->
          "(int32_t)rounded_root32(%s, %d) << %d)"
              .formatted(
                  call,
                  operator.inputZeroPoint(),
                  2 * Reduce.rootBits(operator.depth(), operator.inputZeroPoint()));
    };
  }

  /** What is added to a sum or an extreme of numbers that still have their zero point. */
  private static String centre(Reduce operator) {
    int summed = operator.reduction() == Reduction.SUM ? operator.depth() : 1;
    return OutputCode.plus(-summed * operator.inputZeroPoint());
  }
}

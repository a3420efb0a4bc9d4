package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Int32Array;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelChoiceTest {
  private static final int CODE = 400;

  private final KernelCode fastA = code("a", "fast_a", 100, 100);
  private final KernelCode fastB = code("b", "fast_b", 100, 100);
  private final KernelCode shared = code("c", "shared", 110, 104);
  private final List<List<KernelCode>> variants =
      List.of(List.of(fastA, shared), List.of(fastB, shared));
  private final KernelChoice choice = new KernelChoice(variants, code -> CODE);

  @Test
  void countsTheCodeOfASharedFunctionOnce() {
    assertThat(choice.total(List.of(fastA, fastB)).flash()).isEqualTo(2 * (100 + CODE));
    assertThat(choice.total(List.of(shared, shared)).flash()).isEqualTo(2 * 104 + CODE);
    assertThat(choice.total(List.of(shared, shared)).instructions()).isEqualTo(220);
  }

  @Test
  void sharesAFunctionThoughNoLayerGainsAlone() {
    List<KernelCode> start = choice.smallest();

    assertThat(start).isEqualTo(List.of(fastA, fastB));
    assertThat(choice.choose(Goal.SIZE, List.of(start), kernels -> true))
        .isEqualTo(List.of(shared, shared));
  }

  @Test
  void keepsToWhatFits() {
    assertThat(
            choice.choose(
                Goal.SIZE, List.of(choice.smallest()), kernels -> !kernels.contains(shared)))
        .isEqualTo(List.of(fastA, fastB));
  }

  @Test
  void balancedPaysTwoPerCentOfFlashForThreeOfTheInstructions() {
    KernelCode slow = code("slow", "f", 10_000, 10_000 - CODE);
    KernelCode worthIt = code("worth it", "f", 9_690, 10_200 - CODE);
    KernelCode notWorthIt = code("not worth it", "f", 9_720, 10_200 - CODE);

    assertThat(balanced(slow, worthIt)).isEqualTo(worthIt);
    assertThat(balanced(slow, notWorthIt)).isEqualTo(slow);
  }

  private static KernelCode balanced(KernelCode... variants) {
    KernelChoice choice = new KernelChoice(List.of(List.of(variants)), code -> CODE);
    return choice.choose(Goal.BALANCED, List.of(choice.smallest()), kernels -> true).get(0);
  }

  private static KernelCode code(String stem, String function, long cost, int constantBytes) {
    return KernelCode.of(stem, "portable/add.c.vm")
        .with("function", function)
        .with(
            new ConstantArray(
                "weights",
                CType.INT8,
                Int32Array.of(
                    Collections.nCopies(constantBytes, 1).stream().mapToInt(i -> i).toArray()),
                0,
                ""))
        .costing(cost, "");
  }
}

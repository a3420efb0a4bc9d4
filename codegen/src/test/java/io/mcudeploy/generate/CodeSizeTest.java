package io.mcudeploy.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Kernels;
import io.mcudeploy.quantized.cases.OperatorCases;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodeSizeTest {
  private static final List<String> CHAIN = List.of("cmsis-nn/dsp", "portable");

  private final CodeSize size = new CodeSize(CHAIN);

  @Test
  void countsWhatIsWrittenOutAndWhatIsInlined() {
    KernelCode code = convolution();
    KernelCode unrolled = withSteps(code, 32);

    // A step with int16 weights is 11 instructions of four bytes, for the most part.
    assertThat(size.bytes(unrolled) - size.bytes(withSteps(code, 31))).isBetween(36, 44);
    // Requantization and the gathering of the window are words, more than the loops themselves.
    assertThat(size.bytes(withSteps(code, 1))).isBetween(600, 1600);
  }

  @Test
  void wordsWhoseArgumentsAreDataCountAsAWhole() {
    // GCC 12 makes 1,436 bytes of it at -Os, 1,694 at -O2.
    assertThat(size.bytes(convolution("QUAD_STEP_INT8", "conv2d_shared"))).isBetween(1400, 1700);
  }

  @Test
  void loopsThatAreWrittenOutCountAsOftenAsTheyTurn() {
    KernelCode tiles =
        OperatorCases.all().stream()
            .filter(c -> c.id().startsWith("conv2d/"))
            .flatMap(c -> Kernels.variants(c.operator(), CHAIN).stream())
            .filter(c -> c.stem().startsWith("conv2d_winograd"))
            .findFirst()
            .orElseThrow();

    // GCC 12 makes 3,200 to 4,600 bytes of them.
    assertThat(size.bytes(tiles)).isBetween(3200, 4600);
  }

  private static KernelCode convolution() {
    return convolution("BLOCK_STEP_INT16", "conv2d");
  }

  private static KernelCode convolution(String step, String stem) {
    return OperatorCases.all().stream()
        .filter(c -> c.id().startsWith("conv2d/"))
        .flatMap(c -> Kernels.variants(c.operator(), CHAIN).stream())
        .filter(c -> c.stem().startsWith(stem) && step.equals(c.arguments().get("step")))
        .findFirst()
        .orElseThrow();
  }

  private static KernelCode withSteps(KernelCode code, int steps) {
    KernelCode changed = KernelCode.of(code.stem(), code.template());
    for (String name : code.arguments().keySet()) {
      changed =
          changed.with(
              name,
              name.equals("steps")
                  ? Collections.nCopies(steps, "BLOCK_STEP_INT16")
                  : code.arguments().get(name));
    }
    return changed;
  }
}

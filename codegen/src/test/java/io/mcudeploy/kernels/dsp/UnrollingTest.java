package io.mcudeploy.kernels.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnrollingTest {
  @Test
  void shortChainIsWrittenOutWhole() {
    assertThat(Unrolling.of(25, 11, 32)).isEqualTo(new Unrolling(25, 1));
  }

  @Test
  void longChainIsCutWithoutARest() {
    Unrolling loop = Unrolling.of(392, 11, 32);

    assertThat(loop.total()).isEqualTo(392);
    assertThat(loop.steps()).isEqualTo(28);
  }

  @Test
  void primeChainDoesAFewStepsTooMany() {
    Unrolling loop = Unrolling.of(97, 11, 32);

    assertThat(loop.total()).isBetween(97, 100);
    assertThat(loop.body()).hasSize(loop.steps());
  }
}

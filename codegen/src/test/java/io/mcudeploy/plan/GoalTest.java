package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoalTest {
  private static final List<String> M0 = List.of("cmsis-nn/m0", "portable");

  @Test
  void sizeDoesWithoutTheRegistersThatGccKeepsForItself() {
    assertThat(Goal.SIZE.families(M0)).containsExactly("portable");
    assertThat(Goal.TIME.families(M0)).isEqualTo(M0);
    assertThat(Goal.BALANCED.families(M0)).isEqualTo(M0);
  }
}

package io.mcudeploy.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoopsTest {
  @Test
  void axesThatContinueEachOtherBecomeOne() {
    Loops loops = Loops.of(List.of(2, 3, 4), List.of(List.of(12, 4, 1)), List.of(0));

    assertThat(loops.axes()).containsExactly(Map.of("name", "i", "extent", 24));
    assertThat(loops.indices()).containsExactly("i");
  }

  @Test
  void everyOperandMustContinue() {
    Loops loops = Loops.of(List.of(2, 3), List.of(List.of(3, 1), List.of(0, 1)), List.of(0, 0));

    assertThat(loops.axes()).hasSize(2);
    assertThat(loops.indices()).containsExactly("i * 3 + j", "j");
  }

  @Test
  void axesOfOneElementNeedNoLoop() {
    Loops loops = Loops.of(List.of(1, 5, 1), List.of(List.of(7, 2, 9)), List.of(0));

    assertThat(loops.axes()).containsExactly(Map.of("name", "i", "extent", 5));
    assertThat(loops.indices()).containsExactly("i * 2");
  }

  @Test
  void reversedAxesCountDownFromTheOffset() {
    Loops loops = Loops.of(List.of(4), List.of(List.of(-1)), List.of(3));

    assertThat(loops.indices()).containsExactly("3 - i");
  }

  @Test
  void aScalarHasNoLoop() {
    Loops loops = Loops.of(List.of(), List.of(List.of()), List.of(2));

    assertThat(loops.axes()).isEmpty();
    assertThat(loops.indices()).containsExactly("2");
  }
}

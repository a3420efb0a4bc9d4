package io.mcudeploy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.board.Boards;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.quantized.QuantizedGraph;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class FitTest {
  @Test
  void aSmallNetworkFitsTheSmallestBoard() {
    QuantizedGraph graph = SmallNetwork.of(100);

    assertThat(new Fit(Boards.find("microbit"), graph).plan(Goal.TIME).arenaBytes())
        .isLessThanOrEqualTo(200);
  }

  @Test
  void tensorsLargerThanTheRamAreRefusedWithBoardsThatHaveRoom() {
    Fit fit = new Fit(Boards.find("microbit"), SmallNetwork.of(40_000));

    DiagnosticException refused =
        Assertions.catchThrowableOfType(DiagnosticException.class, () -> fit.plan(Goal.TIME));

    Diagnostic diagnostic = refused.diagnostic();
    assertThat(diagnostic.code()).isEqualTo(Code.E0501);
    assertThat(diagnostic.message()).contains("microbit");
    assertThat(diagnostic.helps().get(0))
        .startsWith("boards with enough memory: ")
        .contains("nucleo-h755zi-q")
        .doesNotContain("microbit");
  }

  @Test
  void whatFitsNoBoardNamesNone() {
    Fit fit = new Fit(Boards.find("microbit"), SmallNetwork.of(1 << 28));

    assertThatThrownBy(() -> fit.plan(Goal.RAM))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("E0501")
        .hasMessageContaining("make the tensors at the peak smaller")
        .hasMessageNotContaining("boards with enough memory");
  }
}

package io.mcudeploy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Boards;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.quantized.QuantizedGraph;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InspectionTest {
  private static Inspection inspection(String board, QuantizedGraph graph) {
    Path nowhere = Path.of("never", "written");
    return Inspection.of(
        new BuildRequest(
            Path.of("small.onnx"), Boards.find(board), Goal.TIME, "small", nowhere, true),
        graph);
  }

  @Test
  void everyBufferHasItsMemory() {
    Inspection inspection = inspection("stm32h7", SmallNetwork.twoTensorsOf(30_000));

    assertThat(inspection.problem()).isEmpty();
    assertThat(inspection.reordered()).isFalse();
    assertThat(inspection.places()).hasSize(2);
    assertThat(inspection.places()).allMatch(place -> place.region().equals("dtcm"));
    assertThat(inspection.markdown())
        .contains("| dtcm   | ", "lower bound over all orders of layers 60,000: optimal")
        .doesNotContain("error[");
  }

  @Test
  void whatDoesNotFitShowsItsNeedsAndRemedies() {
    Inspection inspection = inspection("microbit", SmallNetwork.of(40_000));

    assertThat(inspection.facts())
        .containsEntry("fits", false)
        .containsEntry("arenaBytes", 40_000)
        .containsKeys("layers", "kernels", "places", "problem");
    assertThat(inspection.markdown())
        .contains("| none has room |", "error[E0501]", "--board, with the same core: rp2040");
  }
}

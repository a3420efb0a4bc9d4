package io.mcudeploy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.cases.OperatorCase;
import io.mcudeploy.quantized.cases.OperatorCases;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelReasonTest {
  private final Board board = Boards.find("nucleo-f446re");

  @Test
  void theFastestNeedsNoOtherReason() {
    assertThat(reasons(Goal.TIME))
        .isNotEmpty()
        .allSatisfy(
            reason -> assertThat(reason.reason()).matches("the (fastest of \\d+ kernels|only .*)"));
  }

  @Test
  void aSmallerOneSaysWhatTheFastestWouldSaveAndNeed() {
    KernelReason reason =
        reasons(Goal.SIZE).stream().filter(r -> !r.others().isEmpty()).findFirst().orElseThrow();
    KernelReason.Option fastest = reason.others().get(0);

    assertThat(reason.chosen().constantBytes()).isLessThan(fastest.constantBytes());
    assertThat(reason.chosen().instructions()).isGreaterThan(fastest.instructions());
    assertThat(reason.reason()).contains(fastest.kernel()).contains("bytes more of flash");
    assertThat(reason.facts()).containsKeys("layer", "reason", "chosen", "others");
  }

  private List<KernelReason> reasons(Goal goal) {
    return KernelReason.of(
        new Fit(board, dense()).plan(goal), board.core().kernels(), goal, Set.of());
  }

  /** A fully connected layer, for which there are several kernels. */
  private static QuantizedGraph dense() {
    OperatorCase layer =
        OperatorCases.all().stream()
            .filter(c -> c.id().equals("fully_connected/basic"))
            .findFirst()
            .orElseThrow();
    Quantization quantization = new Quantization(1.0 / 128, 0);
    Shape in = Shape.of(layer.inputs().get(0).length());
    Shape out = Shape.of(layer.expected().get(0).length);
    return new QuantizedGraph(
        "one layer",
        List.of("in"),
        List.of("out"),
        List.of(new Layer("layer", layer.operator(), List.of("in"), List.of("out"))),
        Map.of(
            "in", new QuantizedTensor("in", in, StorageType.INT8, quantization),
            "out", new QuantizedTensor("out", out, StorageType.INT8, quantization)),
        Map.of());
  }
}

package io.mcudeploy.kernels.mve;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.Broadcast;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaneLoopsTest {
  @Test
  void channelsRepeatAlongTheOuterLoopAndEndInATail() {
    KernelCode code = code(Shape.of(9, 6), Shape.of(1, 6), 3, 0);

    assertThat(code.arguments()).containsEntry("axes", List.of(Map.of("name", "i", "extent", 9)));
    assertThat(stretches(code)).hasSize(2);
    assertThat(stretches(code).get(0))
        .containsEntry("end", 4)
        .containsEntry("a", "vsubq_n_s32(vldrbq_s32(&a[i * 6 + j]), 3)")
        .containsEntry("b", "vldrbq_s32(&b[j])");
    assertThat(stretches(code).get(1))
        .containsEntry("count", 2)
        .containsEntry("b", "vldrbq_z_s32(&b[j], vctp32q(2))");
    assertThat(code.inPlace()).containsExactly(0);
  }

  @Test
  void oneNumberForAllFillsTheLanes() {
    KernelCode code = code(Shape.of(9, 8), Shape.of(9, 1), 0, -5);

    assertThat(stretches(code)).hasSize(1);
    assertThat(stretches(code).get(0)).containsEntry("b", "vdupq_n_s32(b[i] + 5)");
  }

  @Test
  void runsShorterThanAVectorAreLeftToOthers() {
    assertThat(LaneLoops.of(new Broadcast(Shape.of(50, 3), Shape.of(1, 3)))).isEmpty();
    assertThat(LaneLoops.of(new Broadcast(Shape.of(1), Shape.of(1)))).isEmpty();
  }

  @Test
  void factorsFromOneHalfAreShiftedToTheLeftFirst() {
    assertThat(LaneLoops.scaled("v", Multiplier.of(0.25)))
        .isEqualTo("requantize_lanes(v, 1073741824, -1)");
    assertThat(LaneLoops.scaled("v", Multiplier.of(3)))
        .isEqualTo("requantize_lanes_any(v, 1610612736, 2)");
  }

  private static KernelCode code(Shape left, Shape right, int leftZeroPoint, int rightZeroPoint) {
    return LaneLoops.of(new Broadcast(left, right))
        .orElseThrow()
        .in(KernelCode.of("stem", "cmsis-nn/mve/add.c.vm"), leftZeroPoint, rightZeroPoint);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> stretches(KernelCode code) {
    return (List<Map<String, Object>>) code.arguments().get("stretches");
  }
}

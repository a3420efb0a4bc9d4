package io.mcudeploy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.generate.RandomImageNetwork;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Planner;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MemoryMapTest {
  private static final Board BOARD = Boards.find("stm32h7");
  private static final long PLENTY = Long.MAX_VALUE;

  @Test
  void constantsOfALayerInStripesLieWhereTheUserWantsThoseOfTheLayer() {
    QuantizedGraph graph = RandomImageNetwork.of(8, 6);
    Planner planner = new Planner(List.of("portable"), 4);
    long rows = planner.plan(graph, Goal.RAM, PLENTY, PLENTY).arenaBytes();
    Plan plan = planner.plan(graph, Goal.TIME, rows - 1, PLENTY);

    assertThat(regions(graph, plan, "layer t1")).hasSizeGreaterThan(1);
  }

  @Test
  void constantsOfLayersComputedAtOnceLieWhereTheUserWantsThoseOfOne() {
    QuantizedGraph graph = RandomImageNetwork.of(1, 8);
    Plan plan =
        new Planner(List.of("cmsis-nn/dsp", "portable"), 4).plan(graph, Goal.TIME, PLENTY, PLENTY);
    List<String> origins =
        plan.schedule().steps().stream()
            .map(step -> step.layer().origins())
            .filter(layers -> layers.size() > 1)
            .findFirst()
            .orElseThrow();

    assertThat(regions(graph, plan, origins.get(0))).containsExactly(String.join(" + ", origins));
  }

  /** The layers whose constants lie in another memory for one layer's sake. */
  private static Set<String> regions(QuantizedGraph graph, Plan plan, String layer) {
    MemoryMap map = new MemoryMap(BOARD, graph, new Placing(Map.of(layer + "-weights", "bank2")));
    Map<String, String> regions = map.weightRegions(plan, 0).orElseThrow();
    assertThat(regions.values()).containsOnly("bank2");
    assertThat(regions.keySet())
        .isEqualTo(
            plan.schedule().steps().stream()
                .filter(step -> step.constantBytes() > 0)
                .map(Step::layer)
                .filter(step -> step.origins().contains(layer))
                .map(step -> step.name())
                .collect(Collectors.toSet()));
    return regions.keySet();
  }
}

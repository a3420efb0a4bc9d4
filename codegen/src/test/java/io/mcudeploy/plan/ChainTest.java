package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.generate.RandomImageNetwork;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainTest {
  private static final long PLENTY = Long.MAX_VALUE;

  private final Planner planner = new Planner(List.of("portable"), 4);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyRowIsComputedOnceAndInOrder(long seed) {
    QuantizedGraph graph = RandomImageNetwork.of(seed, 8);
    for (Chain chain : planner.plan(graph, Goal.RAM, PLENTY, PLENTY).schedule().chains()) {
      Map<String, Integer> rows = new LinkedHashMap<>();
      for (Chain.Loop loop : chain.loops()) {
        for (int turn = 0; turn < loop.turns(); turn++) {
          for (Chain.Band band : loop.bands()) {
            Rows output = band.output().rows();
            int before = rows.getOrDefault(band.output().tensor(), 0);
            assertThat(output.first() + turn * output.count()).isEqualTo(before);
            rows.put(band.output().tensor(), before + output.count());
          }
        }
      }
      assertThat(rows)
          .allSatisfy(
              (tensor, count) ->
                  assertThat(count).isEqualTo(graph.tensor(tensor).shape().extent(1)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nothingLiesOutsideItsMemory(long seed) {
    Schedule schedule =
        planner.plan(RandomImageNetwork.of(seed, 8), Goal.RAM, PLENTY, PLENTY).schedule();
    for (Chain chain : schedule.chains()) {
      for (Chain.Loop loop : chain.loops()) {
        for (Chain.Band band : loop.bands()) {
          assertStaysInside(schedule, band.output(), loop.turns());
          band.inputs().forEach(input -> assertStaysInside(schedule, input, loop.turns()));
        }
      }
    }
  }

  private static void assertStaysInside(Schedule schedule, Chain.Slice slice, int turns) {
    String memory = schedule.line(slice.tensor()).flatMap(Chain.Line::host).orElse(slice.tensor());
    assertThat(slice.offset(0)).isNotNegative();
    assertThat(slice.offset(turns - 1) + slice.bytes()).isLessThanOrEqualTo(schedule.bytes(memory));
  }

  @Test
  void theLastLayersWaitUntilLineBuffersAreFull() {
    QuantizedGraph graph = RandomImageNetwork.of(9, 8);

    Chain chain = planner.plan(graph, Goal.RAM, PLENTY, PLENTY).schedule().chains().get(0);

    assertThat(chain.loops().get(0).bands()).extracting(Chain.Band::number).doesNotContain(4);
    assertThat(chain.loops())
        .flatExtracting(Chain.Loop::bands)
        .extracting(band -> band.output().rows().count())
        .containsOnly(1);
  }

  @Test
  void turnsThatAreAlikeAreOneLoop() {
    Schedule schedule =
        planner.plan(RandomImageNetwork.of(6, 4), Goal.RAM, PLENTY, PLENTY).schedule();

    assertThat(schedule.chains()).isNotEmpty();
    assertThat(schedule.chains())
        .allSatisfy(chain -> assertThat(chain.loops().size()).isLessThanOrEqualTo(8));
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 7, 9, 11})
  void layersRunRowByRowForRamOrWhereTheyWouldNotFit(long seed) {
    QuantizedGraph graph = RandomImageNetwork.of(seed, 6);
    Plan fast = planner.plan(graph, Goal.TIME, PLENTY, PLENTY);
    Plan small = planner.plan(graph, Goal.RAM, PLENTY, PLENTY);
    Plan tight = planner.plan(graph, Goal.TIME, fast.arenaBytes() - 1, PLENTY);

    assertThat(fast.schedule().chains()).isEmpty();
    assertThat(small.schedule().chains()).isNotEmpty();
    assertThat(small.arenaBytes()).isLessThan(fast.arenaBytes());
    assertThat(tight.arenaBytes()).isBetween(small.arenaBytes(), fast.arenaBytes() - 1);
  }

  @Test
  void whatLaterLayersReadIsWhole() {
    for (long seed = 1; seed < 9; seed++) {
      Schedule schedule =
          planner.plan(RandomImageNetwork.of(seed, 8), Goal.RAM, PLENTY, PLENTY).schedule();
      for (Step step : schedule.steps()) {
        for (String input : step.layer().inputs()) {
          assertThat(schedule.line(input))
              .isEqualTo(schedule.chain(step.number()).flatMap(chain -> chain.line(input)));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void stripesAreForWhatDoesNotFitInRows(long seed) {
    QuantizedGraph graph = RandomImageNetwork.of(seed, 6);
    Plan rows = planner.plan(graph, Goal.RAM, PLENTY, PLENTY);
    Plan tight = planner.plan(graph, Goal.TIME, rows.arenaBytes() - 1, PLENTY);

    assertThat(rows.schedule().graph().macs()).isEqualTo(graph.macs());
    assertThat(tight.arenaBytes()).isLessThanOrEqualTo(rows.arenaBytes());
    assertThat(tight.schedule().graph().macs() > graph.macs())
        .isEqualTo(tight.arenaBytes() < rows.arenaBytes());
  }
}

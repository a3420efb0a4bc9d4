package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlannerTest {
  private final MemoryPlanner planner = new MemoryPlanner(4);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16})
  void buffersAliveTogetherNeverOverlap(int alignment) {
    Random random = new Random(alignment);
    for (int round = 0; round < 200; round++) {
      List<Buffer> buffers = buffers(random, 1 + random.nextInt(20));

      MemoryPlan plan = new MemoryPlanner(alignment).plan(new Lifetimes(buffers, List.of()));

      assertThat(plan.placements()).hasSameSizeAs(buffers);
      assertThat(plan.lowerBound()).isLessThanOrEqualTo(plan.bytes());
      for (Placement a : plan.placements()) {
        assertThat(a.offset() % alignment).isZero();
        assertThat(a.end()).isLessThanOrEqualTo(plan.bytes());
        for (Placement b : plan.placements()) {
          assertThat(!a.equals(b) && a.buffer().meets(b.buffer()) && a.overlaps(b))
              .as(a + " and " + b)
              .isFalse();
        }
      }
    }
  }

  @Test
  void chainsReachTheLowerBound() {
    MemoryPlan plan =
        plan(
            List.of(
                buffer("a", 1000, 1, 2),
                buffer("b", 500, 2, 3),
                buffer("c", 900, 3, 4),
                buffer("d", 100, 4, 5)));

    assertThat(plan.bytes()).isEqualTo(plan.lowerBound()).isEqualTo(1500);
    assertThat(plan.peakLayer()).isEqualTo(2);
  }

  @Test
  void searchFindsWhatGreedyOrdersMiss() {
    // Large first puts `long` on top of `b`; only `long` below both ends at the bound.
    List<Buffer> buffers =
        List.of(
            buffer("a", 12, 1, 2),
            buffer("b", 16, 2, 3),
            buffer("long", 8, 1, 4),
            buffer("c", 20, 4, 5),
            buffer("d", 16, 5, 6));

    MemoryPlan plan = plan(buffers);

    assertThat(plan.bytes()).isEqualTo(plan.lowerBound());
  }

  @Test
  void samePlanEveryTime() {
    List<Buffer> buffers = buffers(new Random(7), 40);

    assertThat(plan(buffers)).isEqualTo(plan(buffers));
  }

  @Test
  void nothingToPlace() {
    MemoryPlan plan = plan(List.of());

    assertThat(plan.bytes()).isZero();
    assertThat(plan.lowerBound()).isZero();
  }

  @Test
  void anOutputOverlapsItsInputFromFarEnoughBeforeIt() {
    Buffer skip = buffer("skip", 1000, 1, 4);
    Buffer input = buffer("input", 1000, 2, 3);
    Buffer output = buffer("output", 1000, 3, 4);

    MemoryPlan plan =
        planner.plan(
            new Lifetimes(List.of(skip, input, output), List.of(new Overlap(output, input, 60))));

    assertThat(plan.bytes()).isEqualTo(plan.lowerBound()).isEqualTo(2060);
    assertThat(plan.of("input").offset() - plan.of("output").offset()).isEqualTo(60);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 8})
  void outputsNeverOvertakeTheirInputs(int alignment) {
    Random random = new Random(alignment);
    for (int round = 0; round < 200; round++) {
      List<Buffer> chain = new ArrayList<>();
      List<Overlap> overlaps = new ArrayList<>();
      for (int i = 1; i <= 12; i++) {
        chain.add(buffer("t" + i, 1 + random.nextInt(300), i, i + 1));
        if (i > 1 && random.nextBoolean()) {
          overlaps.add(new Overlap(chain.get(i - 1), chain.get(i - 2), random.nextInt(100)));
        }
      }
      chain.add(buffer("long", 50, 3, 9));

      MemoryPlan plan = new MemoryPlanner(alignment).plan(new Lifetimes(chain, overlaps));

      assertThat(plan.lowerBound()).isLessThanOrEqualTo(plan.bytes());
      for (Placement a : plan.placements()) {
        for (Placement b : plan.placements()) {
          boolean allowed =
              overlaps.stream()
                  .anyMatch(
                      overlap ->
                          overlap.output().equals(a.buffer())
                              && overlap.input().equals(b.buffer())
                              && a.offset() + overlap.lead() <= b.offset());
          boolean allowedAround =
              overlaps.stream()
                  .anyMatch(
                      overlap ->
                          overlap.output().equals(b.buffer())
                              && overlap.input().equals(a.buffer())
                              && b.offset() + overlap.lead() <= a.offset());
          if (!a.equals(b) && a.buffer().meets(b.buffer()) && !allowed && !allowedAround) {
            assertThat(a.overlaps(b)).as(a + " and " + b).isFalse();
          }
        }
      }
    }
  }

  @Test
  void noBufferLiesInTwoMemoriesOrInAnotherThanItsOwn() {
    Random random = new Random(11);
    for (int round = 0; round < 100; round++) {
      List<Buffer> buffers = buffers(random, 1 + random.nextInt(12));
      Banks banks =
          new Banks(
              List.of(
                  new Banks.Bank("fast", 100 + random.nextInt(500)),
                  new Banks.Bank("middle", 300 + random.nextInt(500)),
                  new Banks.Bank("slow", 10_000)),
              Map.of("b0", "middle"));

      MemoryPlan plan = new MemoryPlanner(4, banks).plan(new Lifetimes(buffers, List.of()));

      assertThat(plan.placements()).hasSameSizeAs(buffers);
      assertThat(plan.parts().stream().mapToInt(MemoryPlan.Part::bytes).sum())
          .isEqualTo(plan.bytes());
      for (Buffer buffer : buffers) {
        String name = buffer.names().get(0);
        MemoryPlan.Part part = plan.parts().get(plan.part(name));
        assertThat(plan.offset(name) % 4).isZero();
        assertThat(plan.offset(name) + buffer.bytes()).isLessThanOrEqualTo(part.bytes());
        if (name.equals("b0") && buffer.bytes() <= 300) {
          assertThat(part.region()).isEqualTo("middle");
        }
      }
      for (Placement a : plan.placements()) {
        for (Placement b : plan.placements()) {
          assertThat(!a.equals(b) && a.buffer().meets(b.buffer()) && a.overlaps(b)).isFalse();
        }
      }
    }
  }

  @Test
  void theFastMemoryHoldsWhatIsAccessedMost() {
    Banks banks =
        new Banks(List.of(new Banks.Bank("fast", 100), new Banks.Bank("slow", 1000)), Map.of());
    List<Buffer> buffers = List.of(buffer("cold", 90, 1, 2), buffer("hot", 60, 1, 2));

    MemoryPlan plan =
        new MemoryPlanner(4, banks)
            .plan(
                new Lifetimes(buffers, List.of()), new Traffic(Map.of("cold", 90L, "hot", 9000L)));

    assertThat(plan.parts())
        .containsExactly(new MemoryPlan.Part("fast", 0, 60), new MemoryPlan.Part("slow", 128, 90));
    assertThat(plan.part("hot")).isZero();
    assertThat(plan.offset("cold")).isZero();
  }

  @Test
  void whatNoMemoryHasRoomForIsNamedAfterNone() {
    Banks banks = new Banks(List.of(new Banks.Bank("a", 64), new Banks.Bank("b", 64)), Map.of());

    MemoryPlan plan =
        new MemoryPlanner(4, banks)
            .plan(new Lifetimes(List.of(buffer("large", 100, 1, 2)), List.of()));

    assertThat(plan.parts().get(0).region()).isEmpty();
    assertThat(plan.bytes()).isGreaterThan(128);
  }

  private MemoryPlan plan(List<Buffer> buffers) {
    return planner.plan(new Lifetimes(buffers, List.of()));
  }

  private static List<Buffer> buffers(Random random, int count) {
    List<Buffer> buffers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int first = 1 + random.nextInt(15);
      int last = first + random.nextInt(4);
      buffers.add(buffer("b" + i, 1 + random.nextInt(300), first, last));
    }
    return buffers;
  }

  private static Buffer buffer(String name, int bytes, int first, int last) {
    return new Buffer(List.of(name), bytes, first, last);
  }
}

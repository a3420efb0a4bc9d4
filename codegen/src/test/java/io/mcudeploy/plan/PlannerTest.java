package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.generate.RandomImageNetwork;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Kernels;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.cases.OperatorCase;
import io.mcudeploy.quantized.cases.OperatorCases;
import io.mcudeploy.quantized.operators.CapsuleRouting;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Capsule routing keeps its predictions, which is fast, or computes them again in every pass. */
class PlannerTest {
  private static final List<String> CHAIN = List.of("portable");

  private final OperatorCase routing =
      OperatorCases.all().stream()
          .filter(c -> c.operator() instanceof CapsuleRouting)
          .filter(c -> Kernels.variants(c.operator(), CHAIN).size() > 1)
          .findFirst()
          .orElseThrow();
  private final List<KernelCode> variants = Kernels.variants(routing.operator(), CHAIN);
  private final Planner planner = new Planner(CHAIN, 4);

  @Test
  void variantsComeFastestFirstAndPayInMemory() {
    assertThat(variants).isSortedAccordingTo(Comparator.comparingLong(KernelCode::cost));
    assertThat(variants.get(0).scratchBytes())
        .isGreaterThan(variants.get(variants.size() - 1).scratchBytes());
  }

  @Test
  void timeTakesTheFastestThatFits() {
    Plan roomy = planner.plan(graph(), Goal.TIME, Long.MAX_VALUE, Long.MAX_VALUE);
    Plan tight = planner.plan(graph(), Goal.TIME, roomy.arenaBytes() - 1, Long.MAX_VALUE);

    assertThat(kernel(roomy)).isEqualTo(variants.get(0));
    assertThat(tight.arenaBytes()).isLessThan(roomy.arenaBytes());
    assertThat(kernel(tight).cost()).isGreaterThan(kernel(roomy).cost());
  }

  @Test
  void ramTakesTheSmallestEvenWithRoom() {
    Plan plan = planner.plan(graph(), Goal.RAM, Long.MAX_VALUE, Long.MAX_VALUE);

    assertThat(kernel(plan).scratchBytes())
        .isEqualTo(variants.stream().mapToInt(KernelCode::scratchBytes).min().orElseThrow());
  }

  @Test
  void theSmallestPlanIsGivenWhereNoneFits() {
    Plan plan = planner.plan(graph(), Goal.TIME, 0, 0);

    assertThat(plan).isEqualTo(planner.plan(graph(), Goal.RAM, 0, 0));
  }

  @Test
  void weightsStayNarrowWhereFlashIsShort() {
    OperatorCase dense =
        OperatorCases.all().stream()
            .filter(c -> c.id().equals("fully_connected/basic"))
            .findFirst()
            .orElseThrow();
    Planner dsp = new Planner(List.of("cmsis-nn/dsp", "portable"), 4);
    Plan roomy = dsp.plan(graph(dense), Goal.TIME, Long.MAX_VALUE, Long.MAX_VALUE);
    int wide = kernel(roomy).constantBytes();
    Plan tight = dsp.plan(graph(dense), Goal.TIME, Long.MAX_VALUE, wide - 1);

    assertThat(kernel(tight).constantBytes()).isLessThan(wide);
    assertThat(kernel(tight).cost()).isGreaterThan(kernel(roomy).cost());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 5})
  void balancedTakesHardlyMoreRamThanTime(long seed) {
    Planner dsp =
        new Planner(
            List.of("cmsis-nn/dsp", "portable"),
            new MemoryPlanner(16),
            // Functions of much code are worth what they save only where layers share them.
            code -> 400 + 10 * code.arguments().size(),
            Ports.CALLER);
    QuantizedGraph images = RandomImageNetwork.of(seed, 3);

    Plan time = dsp.plan(images, Goal.TIME, Long.MAX_VALUE, Long.MAX_VALUE);
    Plan balanced = dsp.plan(images, Goal.BALANCED, Long.MAX_VALUE, Long.MAX_VALUE);

    assertThat(balanced.arenaBytes())
        .isLessThanOrEqualTo(time.arenaBytes() + time.arenaBytes() / 32);
    assertThat(balanced.constantBytes()).isLessThan(time.constantBytes());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 23, 29, 33, 40, 43, 48, 58})
  void theFastestPlanIsFoundInJustItsRam(long seed) {
    QuantizedGraph images = RandomImageNetwork.of(seed, 10);
    Planner small = new Planner(List.of("cmsis-nn/m0", "portable"), 16);

    Plan roomy = small.plan(images, Goal.TIME, Long.MAX_VALUE, Long.MAX_VALUE);
    Plan tight = small.plan(images, Goal.TIME, roomy.arenaBytes(), Long.MAX_VALUE);

    assertThat(tight.schedule().cost()).isEqualTo(roomy.schedule().cost());
  }

  private static KernelCode kernel(Plan plan) {
    return plan.schedule().steps().get(0).kernel();
  }

  private QuantizedGraph graph() {
    return graph(routing);
  }

  private static QuantizedGraph graph(OperatorCase layer) {
    Quantization quantization = new Quantization(1.0 / 128, 0);
    return new QuantizedGraph(
        "one layer",
        List.of("in"),
        List.of("out"),
        List.of(new Layer("layer", layer.operator(), List.of("in"), List.of("out"))),
        Map.of(
            "in",
            new QuantizedTensor(
                "in", Shape.of(layer.inputs().get(0).length()), StorageType.INT8, quantization),
            "out",
            new QuantizedTensor(
                "out", Shape.of(layer.expected().get(0).length), StorageType.INT8, quantization)),
        Map.of());
  }
}

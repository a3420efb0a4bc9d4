package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.LookupTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Networks here are only names and sizes: the order does not depend on what layers compute. */
class LayerOrderTest {
  private static final KernelCode PLAIN = KernelCode.of("f", "portable/lookup_table.c.vm");
  private static final IntegerOperator ANY = new LookupTable(8, Int8Array.of(new byte[256]));

  /** A layer as {@code output = input, input}, with its output's size and its kernel. */
  private record Equation(String output, List<String> inputs, int bytes, KernelCode kernel) {}

  @Test
  void aChainKeepsItsOrder() {
    LayerOrder order =
        order(
            List.of(
                layer("a", 9, "in"), layer("b", 5, "a"), layer("c", 7, "b"), layer("out", 1, "c")));

    assertThat(order.order()).containsExactly(0, 1, 2, 3);
    assertThat(order.peak()).isEqualTo(order.bound()).isEqualTo(14);
  }

  @Test
  void branchesThatShrinkRunOneAfterTheOther() {
    LayerOrder order =
        order(
            List.of(
                layer("wide", 100, "in"),
                layer("wider", 200, "in"),
                layer("small", 1, "wide"),
                layer("smaller", 2, "wider"),
                layer("out", 1, "small", "smaller")));

    assertThat(order.order()).containsExactly(1, 3, 0, 2, 4);
    assertThat(order.peak()).isEqualTo(order.bound()).isEqualTo(202);
  }

  @Test
  void anOrderThatGainsNothingIsNotChanged() {
    LayerOrder order =
        order(
            List.of(
                layer("a", 10, "in"),
                layer("b", 10, "in"),
                layer("c", 10, "a"),
                layer("d", 10, "b"),
                layer("out", 1, "a", "b", "c", "d")));

    assertThat(order.order()).containsExactly(0, 1, 2, 3, 4);
    assertThat(order.peak()).isEqualTo(40);
  }

  @Test
  void noOrderIsBetter() {
    Random random = new Random(1);
    for (int round = 0; round < 60; round++) {
      List<Equation> equations = equations(random, 2 + random.nextInt(4), false);

      LayerOrder order = order(equations);

      int least = least(equations, new ArrayList<>(), Ports.CALLER);
      assertThat(order.peak()).as(equations.toString()).isEqualTo(least).isEqualTo(order.bound());
      assertThat(peak(equations, order.order(), Ports.CALLER)).isEqualTo(least);
    }
  }

  @Test
  void noOrderIsBetterWithInputsAndOutputsInTheArena() {
    Random random = new Random(4);
    for (int round = 0; round < 60; round++) {
      List<Equation> equations = equations(random, 2 + random.nextInt(4), false);

      LayerOrder order = order(equations, Ports.ARENA);

      assertThat(order.peak())
          .as(equations.toString())
          .isEqualTo(least(equations, new ArrayList<>(), Ports.ARENA))
          .isEqualTo(peak(equations, order.order(), Ports.ARENA));
    }
  }

  @Test
  void memoryTakenOverIsCounted() {
    Random random = new Random(2);
    for (int round = 0; round < 60; round++) {
      List<Equation> equations = equations(random, 2 + random.nextInt(4), true);

      LayerOrder order = order(equations);

      // A tensor in the memory of a larger one keeps that alive, which the bound leaves out.
      assertThat(order.bound())
          .isLessThanOrEqualTo(least(equations, new ArrayList<>(), Ports.CALLER));
      assertThat(order.peak()).isLessThanOrEqualTo(peak(equations, order.order(), Ports.CALLER));
    }
  }

  @Test
  void whatIsTooLargeToSearchStillGetsABound() {
    List<Equation> equations = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    Random random = new Random(3);
    for (int branch = 0; branch < 40; branch++) {
      String at = "in";
      for (int i = 0; i < 5; i++) {
        String next = "b" + branch + "_" + i;
        equations.add(layer(next, 1 + random.nextInt(1000), at));
        at = next;
      }
      ends.add(at);
    }
    equations.add(layer("out", 1, ends.toArray(String[]::new)));

    LayerOrder order = order(equations);

    assertThat(order.bound()).isPositive().isLessThanOrEqualTo(order.peak());
    assertThat(order.peak()).isEqualTo(peak(equations, order.order(), Ports.CALLER));
    assertThat(order).isEqualTo(order(equations));
  }

  @Test
  void aStateIsReadBeforeItIsReplaced() {
    QuantizedGraph graph =
        new QuantizedGraph(
            "test",
            List.of("in"),
            List.of("out"),
            List.of(
                new Layer("wide", ANY, List.of("in"), List.of("wide")),
                new Layer("old", ANY, List.of("state"), List.of("old")),
                new Layer("next", ANY, List.of("wide"), List.of("next")),
                new Layer("out", ANY, List.of("old"), List.of("out"))),
            tensors(Map.of("in", 1, "wide", 90, "state", 5, "old", 50, "next", 5, "out", 1)),
            Map.of(),
            Map.of("state", "next"));

    LayerOrder order =
        LayerOrder.of(new Liveness(graph, List.of(PLAIN, PLAIN, PLAIN, PLAIN), Ports.CALLER));

    assertThat(order.order()).containsExactly(1, 3, 0, 2);
    assertThat(order.peak()).isEqualTo(95);
  }

  /** The least peak of all orders that begin with these layers, by trying them. */
  private static int least(List<Equation> equations, List<Integer> begun, Ports ports) {
    if (begun.size() == equations.size()) {
      return peak(equations, begun, ports);
    }
    int least = Integer.MAX_VALUE;
    TreeSet<String> known = new TreeSet<>(List.of("in"));
    begun.forEach(i -> known.add(equations.get(i).output()));
    for (int i = 0; i < equations.size(); i++) {
      if (!begun.contains(i) && known.containsAll(equations.get(i).inputs())) {
        begun.add(i);
        least = Math.min(least, least(equations, begun, ports));
        begun.remove(begun.size() - 1);
      }
    }
    return least;
  }

  /** The most bytes alive at one layer, as the memory planner counts them. */
  private static int peak(List<Equation> equations, List<Integer> order, Ports ports) {
    Schedule schedule =
        Schedule.of(
            graph(equations).ordered(order),
            order.stream().map(i -> equations.get(i).kernel()).toList(),
            ports);
    return new MemoryPlanner(1).plan(Lifetimes.of(schedule)).lowerBound();
  }

  private static LayerOrder order(List<Equation> equations) {
    return order(equations, Ports.CALLER);
  }

  private static LayerOrder order(List<Equation> equations, Ports ports) {
    return LayerOrder.of(
        new Liveness(graph(equations), equations.stream().map(Equation::kernel).toList(), ports));
  }

  private static QuantizedGraph graph(List<Equation> equations) {
    Map<String, Integer> sizes = new LinkedHashMap<>(Map.of("in", 1));
    equations.forEach(equation -> sizes.put(equation.output(), equation.bytes()));
    return new QuantizedGraph(
        "test",
        List.of("in"),
        List.of(equations.get(equations.size() - 1).output()),
        equations.stream()
            .map(e -> new Layer(e.output(), ANY, e.inputs(), List.of(e.output())))
            .toList(),
        tensors(sizes),
        Map.of());
  }

  private static Map<String, QuantizedTensor> tensors(Map<String, Integer> sizes) {
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
    sizes.forEach(
        (name, size) ->
            tensors.put(
                name,
                new QuantizedTensor(
                    name, Shape.of(size), StorageType.INT8, new Quantization(1, 0))));
    return tensors;
  }

  private static Equation layer(String output, int bytes, String... inputs) {
    return new Equation(output, List.of(inputs), bytes, PLAIN);
  }

  /** A random network; kernels with scratch, and some that write over an input if asked for. */
  private static List<Equation> equations(Random random, int layers, boolean inPlace) {
    List<Equation> equations = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      TreeSet<String> inputs = new TreeSet<>();
      for (int k = 0; k <= random.nextInt(3); k++) {
        int input = random.nextInt(i + 1);
        inputs.add(input == 0 ? "in" : "t" + (input - 1));
      }
      KernelCode kernel = PLAIN;
      if (random.nextInt(3) == 0) {
        kernel = kernel.withScratch(new Scratch("s", CType.INT8, 1 + random.nextInt(20)));
      }
      if (random.nextBoolean()) {
        kernel = kernel.leadingBy(OptionalInt.of(random.nextInt(10)));
      }
      if (inPlace && random.nextBoolean()) {
        kernel =
            kernel.inPlaceOf(IntStream.range(0, inputs.size()).boxed().toArray(Integer[]::new));
      }
      equations.add(new Equation("t" + i, List.copyOf(inputs), 1 + random.nextInt(30), kernel));
    }
    return equations;
  }
}

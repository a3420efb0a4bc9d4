package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.generate.RandomImageNetwork;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.kernels.Kernels;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.cases.CaseRandom;
import io.mcudeploy.quantized.cases.OperatorCase;
import io.mcudeploy.quantized.cases.OperatorCases;
import io.mcudeploy.quantized.operators.Fused;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FusionTest {
  private static final List<String> DSP = List.of("cmsis-nn/dsp", "portable");
  private static final long PLENTY = 1 << 28;

  /** A convolution of x, and the sum of what it gives and r. */
  private final OperatorCase sum =
      OperatorCases.fused().stream()
          .filter(each -> each.id().equals("conv2d_add/basic_3x3"))
          .findFirst()
          .orElseThrow();

  private final Fused pair = (Fused) sum.operator();
  private final Layer conv = new Layer("conv", pair.first(), List.of("x"), List.of("z"));
  private final Layer add = new Layer("add", pair.second(), List.of("z", "r"), List.of("y"));

  @Test
  void twoLayersBecomeOneThatHasBothNamesAndGivesTheSame() {
    QuantizedGraph graph = graph(List.of("y"), conv, add);
    QuantizedGraph fused = Fusion.of(graph, new CoreKernels(DSP), Set.of());

    assertThat(fused.layers())
        .containsExactly(
            new Layer("conv + add", pair, List.of("x", "r"), List.of("y"), List.of("conv", "add")));
    assertThat(fused.tensors()).doesNotContainKey("z");
    List<byte[]> images = sum.inputs().stream().map(Int8Array::toArray).toList();
    assertThat(new GoldenModel(fused).run(images).get(0))
        .isEqualTo(new GoldenModel(graph).run(images).get(0));
  }

  @Test
  void coresWithoutAKernelForBothKeepThemApart() {
    QuantizedGraph graph = graph(List.of("y"), conv, add);

    assertThat(Fusion.of(graph, new CoreKernels(List.of("portable")), Set.of())).isEqualTo(graph);
  }

  @Test
  void whatIsBetweenStaysWhereSomebodyNeedsIt() {
    QuantizedGraph output = graph(List.of("y", "z"), conv, add);
    Layer again = new Layer("again", pair.second(), List.of("z", "r"), List.of("w"));
    QuantizedGraph readTwice = graph(List.of("y", "w"), conv, add, again);
    QuantizedGraph ofItself =
        graph(List.of("y"), conv, new Layer("add", pair.second(), List.of("z", "z"), List.of("y")));

    for (QuantizedGraph graph : List.of(output, readTwice, ofItself)) {
      assertThat(Fusion.of(graph, new CoreKernels(DSP), Set.of())).isEqualTo(graph);
    }
    QuantizedGraph graph = graph(List.of("y"), conv, add);
    assertThat(Fusion.of(graph, new CoreKernels(DSP), Set.of("z"))).isEqualTo(graph);
  }

  @Test
  void ofTwoConvolutionsThatASumReadsOneIsComputedWithIt() {
    Layer other = new Layer("other", pair.first(), List.of("x"), List.of("r"));
    QuantizedGraph fused =
        Fusion.of(graph(List.of("y"), conv, other, add), new CoreKernels(DSP), Set.of());

    assertThat(fused.layers()).extracting(Layer::name).containsExactly("other", "conv + add");
  }

  @Test
  void aMaxPoolWhoseWindowsKeepApartIsComputedWithTheConvolution() {
    assertThat(pooled(Window.valid(8, 8, 8, 2, 2, 2, 2))).isTrue();
    assertThat(pooled(Window.valid(8, 8, 8, 3, 3, 3, 3))).isTrue();
    assertThat(pooled(Window.valid(8, 8, 8, 8, 8, 1, 1))).isTrue();
  }

  @Test
  void windowsThatOverlapOrReachOutsideStayApart() {
    assertThat(pooled(Window.valid(8, 8, 8, 3, 3, 2, 2))).isFalse();
    assertThat(pooled(new Window(8, 8, 8, 3, 3, 3, 3, 3, 3, 1, 1, 1, 1))).isFalse();
    assertThat(pooled(new Window(8, 8, 8, 3, 3, 2, 2, 2, 2, 2, 2, 0, 0))).isFalse();
  }

  /** Whether a core has a kernel for the convolution and a max pool of its output. */
  private boolean pooled(Window window) {
    MaxPool2d pool = new MaxPool2d(window, -128, 127);
    return !Kernels.find(new Fused(pair.first(), pool, 0), DSP).isEmpty();
  }

  @Test
  void timeComputesBothAtOnceAndTheSumTakesTheOthersPlace() {
    Layer before = new Layer("before", pair.first(), List.of("x"), List.of("r"));
    Layer after = new Layer("after", pair.second(), List.of("y", "y"), List.of("w"));
    QuantizedGraph graph = graph(List.of("w"), before, conv, add, after);

    Plan plan = new Planner(DSP, 4).plan(graph, Goal.TIME, PLENTY, PLENTY);

    assertThat(plan.schedule().steps()).hasSize(3);
    assertThat(plan.memory().of("y").buffer().names()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void networksGiveTheSameOutputs(long seed) {
    QuantizedGraph graph = RandomImageNetwork.of(seed, 10);
    byte[] image =
        new CaseRandom("image " + seed)
            .bytes(graph.tensor(graph.inputs().get(0)).bytes())
            .toArray();
    byte[] expected = new GoldenModel(graph).run(List.of(image)).get(0);

    for (Goal goal : Goal.values()) {
      Plan plan = new Planner(DSP, 4).plan(graph, goal, PLENTY, PLENTY);
      assertThat(new GoldenModel(plan.schedule().graph()).run(List.of(image)).get(0))
          .isEqualTo(expected);
    }
  }

  private QuantizedGraph graph(List<String> outputs, Layer... layers) {
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
    List<String> inputs = new ArrayList<>(List.of("x"));
    tensors.put("x", tensor("x", sum.inputs().get(0).length()));
    boolean defined = List.of(layers).stream().anyMatch(each -> each.outputs().contains("r"));
    if (!defined) {
      inputs.add("r");
    }
    for (String name : List.of("r", "z", "y", "w")) {
      tensors.put(name, tensor(name, sum.inputs().get(1).length()));
    }
    return new QuantizedGraph("pair", inputs, outputs, List.of(layers), tensors, Map.of());
  }

  private static QuantizedTensor tensor(String name, int bytes) {
    return new QuantizedTensor(name, Shape.of(bytes), StorageType.INT8, new Quantization(0.5, 0));
  }
}

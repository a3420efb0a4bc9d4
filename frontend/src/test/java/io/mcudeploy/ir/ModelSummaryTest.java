package io.mcudeploy.ir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.FullyConnected;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelSummaryTest {
  @Test
  void countsOperatorsParametersAndProducts() {
    FullyConnected layer = new FullyConnected(Activation.NONE);
    Graph graph =
        Graph.of(
            "twice",
            Map.of("x", TensorType.floats(Shape.of(1, 4))),
            List.of("y"),
            List.of(
                new Node("first", layer, List.of("x", "w", "b"), List.of("h")),
                new Node("second", layer, List.of("h", "w"), List.of("y"))),
            Map.of("w", floats(4, 4), "b", floats(4)));
    ModelSummary summary = ModelSummary.of(graph);
    assertThat(summary.operators()).containsExactly(Map.entry("FullyConnected", 2));
    assertThat(summary.layers().get(0).parameters()).isEqualTo(20);
    assertThat(summary.layers().get(1).macs()).isEqualTo(16);
    assertThat(summary.layers().get(1).inputs()).hasSize(1);
    assertThat(summary.parameters()).describedAs("shared weights count once").isEqualTo(20);
    assertThat(summary.macs()).isEqualTo(32);
    assertThat(summary.outputs())
        .containsExactly(new ModelSummary.Value("y", TensorType.floats(Shape.of(1, 4))));
  }

  private static Tensor floats(int... extents) {
    Shape shape = Shape.of(extents);
    return new Tensor.Floats(shape, new float[shape.elements()]);
  }
}

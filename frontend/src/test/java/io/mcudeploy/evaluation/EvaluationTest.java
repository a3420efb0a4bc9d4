package io.mcudeploy.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.capsules.Recognition;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.network.Network;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  /** Passes three values on. */
  private static final Graph GRAPH =
      Graph.of(
          "same",
          Map.of("x", TensorType.floats(Shape.of(1, 3))),
          List.of("y"),
          List.of(
              new Node(
                  "same", new FullyConnected(Activation.NONE), List.of("x", "w"), List.of("y"))),
          Map.of("w", new Tensor.Floats(Shape.of(3, 3), new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1})));

  /** The largest values are the first, the second, and by a hair the third. */
  private static final Samples SAMPLES =
      Samples.of(List.of(sample(1, -1, 0), sample(0, 0.5f, -0.5f), sample(0.5f, 0, 0.5001f)));

  private static Map<String, Tensor> sample(float... values) {
    return Map.of("x", new Tensor.Floats(Shape.of(1, 3), values));
  }

  private static QuantizedGraph quantized() {
    return new Network(GRAPH, new Recognition(GRAPH, List.of(), List.of()))
        .quantized(Optional.of(SAMPLES), RangeMethod.MIN_MAX, diagnostic -> {}, done -> {});
  }

  @Test
  void countsRightAnswersOfBothModelsAndTheirAgreement() {
    AtomicInteger steps = new AtomicInteger();

    Evaluation evaluation =
        Evaluation.of(
            GRAPH, quantized(), SAMPLES, Optional.of(List.of(0, 2, 2)), steps::incrementAndGet);

    assertThat(evaluation.samples()).isEqualTo(3);
    assertThat(evaluation.floatAccuracy()).hasValue(2.0 / 3);
    // In 8 bits the last sample's two large values are equal, and the first of equals counts.
    assertThat(evaluation.int8Accuracy()).hasValue(1.0 / 3);
    assertThat(evaluation.agreement()).isEqualTo(2.0 / 3);
    assertThat(steps).hasValue(3);
  }

  @Test
  void errorsAreInRealUnitsAndBelowTwoSteps() {
    Evaluation evaluation = Evaluation.of(GRAPH, quantized(), SAMPLES, Optional.empty(), () -> {});

    double step = 2.0 / 255;
    assertThat(evaluation.maximumError()).isPositive().isLessThan(2 * step);
    assertThat(evaluation.meanError()).isPositive().isLessThan(evaluation.maximumError());
  }

  @Test
  void withoutLabelsThereIsNoAccuracy() {
    Evaluation evaluation =
        Evaluation.of(GRAPH, quantized(), SAMPLES.first(2), Optional.empty(), () -> {});

    assertThat(evaluation.floatAccuracy()).isEmpty();
    assertThat(evaluation.int8Accuracy()).isEmpty();
    assertThat(evaluation.agreement()).isCloseTo(1, within(0.0));
  }

  @Test
  void signalToNoiseIsThatOfTheErrors() {
    assertThat(new SignalToNoise(100, 1).decibels()).isCloseTo(20, within(1e-9));
    assertThat(SignalToNoise.of(new float[] {3, 4}, new float[] {3, 3.5f}).decibels())
        .isCloseTo(20, within(1e-6));
    assertThat(new SignalToNoise(1, 0).decibels()).isEqualTo(200);

    // Eight bits over [-1, 1]: rounding errors of a third of a step or so, twice.
    double decibels =
        Evaluation.of(GRAPH, quantized(), SAMPLES, Optional.empty(), () -> {}).decibels();
    assertThat(decibels).isBetween(35.0, 60.0);
  }

  @Test
  void aLayersResultIsAsFarOffAsTheNetworkAndItsOwnShareIsLess() {
    QuantizedGraph quantized = quantized();
    LayerErrors errors = LayerErrors.of(GRAPH, quantized, SAMPLES, () -> {});

    LayerErrors.LayerError layer = errors.layers().get(1);
    assertThat(errors.layers())
        .extracting(LayerErrors.LayerError::layer)
        .containsExactly("x", "same");
    assertThat(layer.alone()).isGreaterThan(layer.here() + 20);
    assertThat(errors.layers().get(0).alone()).isEqualTo(layer.here());
    assertThat(layer.here())
        .isEqualTo(Evaluation.of(GRAPH, quantized, SAMPLES, Optional.empty(), () -> {}).decibels());
    assertThat(layer.results()).isEqualTo(9);
    assertThat(layer.saturated()).isZero();
  }

  /** The first layer has one channel of a hundred times the others' size, which hides them. */
  @Test
  void theLayerWithTheOutlierCostsMostAndSaturationIsCounted() {
    Graph graph =
        Graph.of(
            "two",
            Map.of("x", TensorType.floats(Shape.of(1, 3))),
            List.of("y"),
            List.of(
                new Node(
                    "wide", new FullyConnected(Activation.NONE), List.of("x", "v"), List.of("h")),
                new Node(
                    "plain", new FullyConnected(Activation.NONE), List.of("h", "w"), List.of("y"))),
            Map.of(
                "v", new Tensor.Floats(Shape.of(3, 3), new float[] {100, 0, 0, 0, 1, 0, 0, 0, 1}),
                "w", new Tensor.Floats(Shape.of(2, 3), new float[] {2f / 127, 1, 0, 0, 0, 1})));
    Network network = new Network(graph, new Recognition(graph, List.of(), List.of()));
    QuantizedGraph quantized =
        network.quantized(Optional.of(SAMPLES), RangeMethod.MIN_MAX, diagnostic -> {}, done -> {});

    LayerErrors errors = LayerErrors.of(graph, quantized, SAMPLES, () -> {});
    LayerErrors beyond =
        LayerErrors.of(graph, quantized, Samples.of(List.of(sample(3, 0, 0))), () -> {});

    assertThat(errors.ranked()).extracting(LayerErrors.LayerError::layer).startsWith("wide");
    assertThat(errors.ranked().get(0).alone()).isLessThan(errors.ranked().get(1).alone() - 10);
    assertThat(errors.layers().get(1).saturated()).isZero();
    assertThat(beyond.layers().get(1).saturated()).isEqualTo(1);
  }
}

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
}

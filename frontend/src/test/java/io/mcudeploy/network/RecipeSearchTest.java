package io.mcudeploy.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.calibration.ActivationScheme;
import io.mcudeploy.calibration.Progress;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.capsules.Recognition;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.evaluation.Evaluation;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.quantization.repair.WeightScheme;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class RecipeSearchTest {
  private static final int WIDTH = 24;

  /** Two layers; the channels between them differ by a factor of up to 128. */
  private static final Network NETWORK = network();

  private static final Optional<Samples> SAMPLES =
      Optional.of(
          new Samples(
              200,
              index -> {
                Random random = new Random(index);
                float[] values = new float[WIDTH];
                float level = random.nextFloat();
                for (int i = 0; i < WIDTH; i++) {
                  values[i] = level + 0.3f * (float) random.nextGaussian();
                }
                return Map.of("x", new Tensor.Floats(Shape.of(1, WIDTH), values));
              }));

  private static Network network() {
    Random random = new Random(3);
    float[] first = new float[WIDTH * WIDTH];
    float[] second = new float[5 * WIDTH];
    for (int i = 0; i < first.length; i++) {
      first[i] = (float) Math.scalb(random.nextGaussian(), i / WIDTH % 8);
    }
    for (int i = 0; i < second.length; i++) {
      second[i] = (float) Math.scalb(random.nextGaussian(), -(i % WIDTH % 8));
    }
    Graph graph =
        Graph.of(
            "two",
            Map.of("x", TensorType.floats(Shape.of(1, WIDTH))),
            List.of("y"),
            List.of(
                new Node(
                    "first", new FullyConnected(Activation.RELU), List.of("x", "v"), List.of("h")),
                new Node(
                    "second",
                    new FullyConnected(Activation.NONE),
                    List.of("h", "w"),
                    List.of("y"))),
            Map.of(
                "v", new Tensor.Floats(Shape.of(WIDTH, WIDTH), first),
                "w", new Tensor.Floats(Shape.of(5, WIDTH), second)));
    return new Network(graph, new Recognition(graph, List.of(), List.of()));
  }

  private static Evaluation quality(QuantizedNetwork network) {
    return Evaluation.of(
        NETWORK.graph(),
        network.integers(),
        SAMPLES.orElseThrow().last(128),
        Optional.empty(),
        () -> {});
  }

  private static QuantizedNetwork searched() {
    return NETWORK.bestQuantized(SAMPLES, Recipe.of(RangeMethod.MSE), warning -> {}, Progress.NONE);
  }

  @Test
  void theUsualRecipeGivesTheSameNetworkAsWithoutRecipes() {
    QuantizedGraph plain = NETWORK.quantized(SAMPLES, RangeMethod.MSE, warning -> {}, done -> {});

    QuantizedNetwork network =
        NETWORK.quantized(SAMPLES, Recipe.of(RangeMethod.MSE), warning -> {}, Progress.NONE);

    assertThat(network.integers()).isEqualTo(plain);
    assertThat(network.reference()).isEqualTo(NETWORK.graph());
    assertThat(network.trials()).isEmpty();
  }

  @Test
  void theSearchTriesEveryMethodAndRepairAndIsBetterThanItsStart() {
    QuantizedNetwork best = searched();

    assertThat(best.trials())
        .extracting(Trial::what)
        .containsExactly(
            "mse",
            "min_max",
            "moving_average",
            "percentile",
            "entropy",
            "percentile:99.99",
            "equalize",
            "migrate",
            "round",
            "correct");
    double start = best.trials().get(0).decibels();
    assertThat(quality(best).decibels()).isGreaterThan(start + 6);
    assertThat(quality(best).agreement()).isGreaterThanOrEqualTo(best.trials().get(0).agreement());
  }

  @Test
  void theTrialsTellTheSameAsTheResult() {
    QuantizedNetwork best = searched();
    double decibels = best.trials().get(0).decibels();
    for (Trial trial : best.trials()) {
      assertThat(trial.gain()).isEqualTo(trial.decibels() - decibels);
      if (trial.kept()) {
        decibels = trial.decibels();
      }
    }

    assertThat(quality(best).decibels()).isEqualTo(decibels);
    assertThat(best.trials().get(0).cells()).hasSameSizeAs(Trial.COLUMNS);
  }

  @Test
  void theNumberOfThreadsDoesNotMatter() throws Exception {
    QuantizedNetwork one = new ForkJoinPool(1).submit(RecipeSearchTest::searched).get();
    QuantizedNetwork five = new ForkJoinPool(5).submit(RecipeSearchTest::searched).get();

    assertThat(five).isEqualTo(one);
  }

  @Test
  void symmetricAndPowerOfTwoScalesAreWhatTheyAreCalled() {
    for (ActivationScheme scheme :
        List.of(ActivationScheme.SYMMETRIC, ActivationScheme.POWER_OF_TWO)) {
      for (RangeMethod method : RangeMethod.all()) {
        Recipe recipe =
            new Recipe(
                method, scheme, WeightScheme.POWER_OF_TWO, Set.of(Repair.EQUALIZE), Recipe.HALF);
        QuantizedNetwork network = NETWORK.quantized(SAMPLES, recipe, warning -> {}, Progress.NONE);

        for (QuantizedTensor tensor : network.integers().tensors().values()) {
          assertThat(tensor.quantization().zeroPoint()).isZero();
          if (scheme == ActivationScheme.POWER_OF_TWO) {
            double scale = tensor.quantization().scale();
            assertThat(scale).isEqualTo(Math.scalb(1.0, Math.getExponent(scale)));
          }
        }
        assertThat(quality(network).decibels()).isGreaterThan(15);
      }
    }
  }

  @Test
  void everyRepairWorksAloneAndTogetherWithAllOthers() {
    for (Repair repair : Repair.values()) {
      Recipe recipe = Recipe.of(RangeMethod.MSE).with(repair);
      assertThat(
              quality(NETWORK.quantized(SAMPLES, recipe, warning -> {}, Progress.NONE)).decibels())
          .as(repair.name())
          .isGreaterThan(15);
    }
    Recipe all =
        new Recipe(
            RangeMethod.MIN_MAX,
            ActivationScheme.ASYMMETRIC,
            WeightScheme.PER_CHANNEL,
            Set.of(Repair.values()),
            Recipe.HALF);
    assertThat(quality(NETWORK.quantized(SAMPLES, all, warning -> {}, Progress.NONE)).decibels())
        .isGreaterThan(quality(searched()).decibels() - 6);
  }

  @Test
  void withoutSamplesTheUserIsWarnedOnce() {
    List<Diagnostic> warnings = new ArrayList<>();

    NETWORK.bestQuantized(
        Optional.empty(), Recipe.of(RangeMethod.MSE), warnings::add, Progress.NONE);

    assertThat(warnings).extracting(Diagnostic::code).containsExactly(Code.W0302);
    assertThatThrownBy(
            () ->
                new Recipe(
                    RangeMethod.MSE,
                    ActivationScheme.ASYMMETRIC,
                    WeightScheme.PER_CHANNEL,
                    Set.of(),
                    1.5))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package io.mcudeploy.quantization.repair;

import static io.mcudeploy.quantization.repair.TestNetwork.conv;
import static io.mcudeploy.quantization.repair.TestNetwork.decibels;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.quantization.Quantizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

/** Repairs that choose integers: rounding of weights, correction of biases. */
class RoundingTest {
  private static final Padding2d AROUND = new Padding2d(1, 1, 1, 1);

  private static Graph network() {
    return new TestNetwork(1, 8, 8, 3)
        .layer("first", conv(1, AROUND, Activation.RELU), c -> 1, c -> 1, 8, 3, 3, 3)
        .layer("depth", conv(8, AROUND, Activation.RELU), c -> 1, c -> 1, 8, 3, 3, 1)
        .layer("grouped", conv(2, AROUND, Activation.RELU), c -> 1, c -> 1, 6, 3, 3, 4)
        .then("flat", new Reshape(Shape.of(1, 384)))
        .layer("dense", new FullyConnected(Activation.NONE), c -> 1, c -> 1, 5, 384)
        .graph();
  }

  private static Ranges ranges(Graph graph, Samples samples) {
    return Calibration.of(graph, samples, RangeMethod.MIN_MAX, done -> {});
  }

  /** Inputs of which neighbours are alike, as in images, and which are not zero on average. */
  private static Samples alike(Graph graph, int count) {
    return new Samples(
        count,
        index -> {
          Random random = new Random(index);
          float[] values = new float[graph.type("x").shape().elements()];
          float level = random.nextFloat();
          for (int i = 0; i < values.length; i++) {
            values[i] = level + 0.1f * random.nextFloat();
          }
          return Map.of("x", new Tensor.Floats(graph.type("x").shape(), values));
        });
  }

  @Test
  void nearestIntegersPerChannelAreWhatTheQuantizerChoosesItself() {
    Graph graph = network();
    Samples samples = Samples.synthetic(graph, 8);

    Ranges ranges = ranges(graph, samples);

    Graph encoded = new WeightEncoder(graph, ranges, WeightScheme.PER_CHANNEL).nearest();

    assertThat(Quantizer.quantize(encoded, ranges)).isEqualTo(Quantizer.quantize(graph, ranges));
  }

  @Test
  void schemesGiveTheScalesTheyPromise() {
    Graph graph = network();
    Ranges ranges = ranges(graph, Samples.synthetic(graph, 4));
    for (WeightScheme scheme : WeightScheme.values()) {
      Graph encoded = new WeightEncoder(graph, ranges, scheme).nearest();
      Encoding encoding =
          ((Tensor.Floats) encoded.constants().get("first.w")).encoding().orElseThrow();
      List<Double> scales = encoding.grid().scales();

      boolean perTensor = scheme == WeightScheme.PER_TENSOR || scheme == WeightScheme.POWER_OF_TWO;
      assertThat(scales).hasSize(perTensor ? 1 : 8);
      if (scheme.name().startsWith("POWER_OF_TWO")) {
        assertThat(scales).allMatch(scale -> scale == Math.scalb(1.0, Math.getExponent(scale)));
      }
      long largest = Arrays.stream(encoding.integers().values()).map(Math::abs).max().orElseThrow();
      assertThat(largest).isBetween(64L, 127L);
    }
  }

  @Test
  void roundingForTheLeastErrorNeverLosesOnWhatItSawAndGainsWhereInputsAreAlike() {
    Graph graph =
        new TestNetwork(1, 64)
            .layer("dense", new FullyConnected(Activation.NONE), c -> 1, c -> 1, 16, 64)
            .graph();
    Samples samples = alike(graph, 64);
    WeightEncoder encoder =
        new WeightEncoder(graph, ranges(graph, samples), WeightScheme.PER_CHANNEL);

    double nearest = error(graph, encoder.nearest(), samples);
    double least = error(graph, encoder.leastError(samples, () -> {}), samples);

    // Sums of alike inputs see the sum of the rounding errors: it becomes nearly zero.
    assertThat(least).isLessThan(nearest - 10);
  }

  /** Error of the float layer with rounded weights, in decibels below the output. */
  private static double error(Graph graph, Graph encoded, Samples samples) {
    return 20 * Math.log10(TestNetwork.difference(graph, encoded, samples));
  }

  /** All 2^10 roundings of ten weights are tried. */
  @Test
  void coordinateDescentComesNearTheBestOfAllRoundings() {
    Random random = new Random(9);
    int size = 10;
    double[] gram = new double[size * size];
    for (int sample = 0; sample < 100; sample++) {
      double common = random.nextGaussian();
      double[] x = random.doubles(size).map(noise -> common + noise).toArray();
      for (int i = 0; i < gram.length; i++) {
        gram[i] += x[i / size] * x[i % size];
      }
    }
    double found = 0;
    double best = 0;
    double nearest = 0;
    for (int trial = 0; trial < 20; trial++) {
      double[] weights = random.doubles(size, -100, 100).toArray();
      double least = Double.POSITIVE_INFINITY;
      for (int choice = 0; choice < 1 << size; choice++) {
        double[] rounded = new double[size];
        for (int i = 0; i < size; i++) {
          rounded[i] = Math.floor(weights[i]) + (choice >> i & 1);
        }
        least = Math.min(least, error(gram, weights, rounded));
      }
      double[] rounded = weights.clone();
      new LeastErrorRounding(gram, size).round(rounded, 0, 127);
      found += error(gram, weights, rounded);
      best += least;
      nearest += error(gram, weights, Arrays.stream(weights).map(Math::rint).toArray());
    }

    assertThat(found).isLessThan(nearest / 3).isLessThan(4 * best);
  }

  private static double error(double[] gram, double[] weights, double[] rounded) {
    int size = weights.length;
    double error = 0;
    for (int i = 0; i < gram.length; i++) {
      error +=
          gram[i]
              * (weights[i / size] - rounded[i / size])
              * (weights[i % size] - rounded[i % size]);
    }
    return error;
  }

  @Test
  void roundingImprovesANetworkOfConvolutions() {
    Graph graph = network();
    Samples samples = alike(graph, 32);
    WeightEncoder encoder =
        new WeightEncoder(graph, ranges(graph, samples), WeightScheme.PER_TENSOR);

    assertThat(decibels(graph, encoder.leastError(samples, () -> {}), samples))
        .isGreaterThan(decibels(graph, encoder.nearest(), samples) + 1);
  }

  @Test
  void biasCorrectionGainsWhereInputsHaveAMean() {
    Graph graph = network();
    Samples samples = alike(graph, 32);
    Ranges ranges = ranges(graph, samples);
    Graph encoded = new WeightEncoder(graph, ranges, WeightScheme.PER_TENSOR).nearest();

    Graph corrected = BiasCorrection.of(graph, encoded, ranges, samples, () -> {});

    assertThat(decibels(graph, corrected, samples))
        .isGreaterThan(decibels(graph, encoded, samples) + 3);
  }

  @Test
  void theNumberOfThreadsDoesNotMatter() throws Exception {
    Graph graph = network();
    Samples samples = alike(graph, 40);
    Ranges ranges = ranges(graph, samples);
    WeightEncoder encoder = new WeightEncoder(graph, ranges, WeightScheme.PER_CHANNEL);

    Graph one = new ForkJoinPool(1).submit(() -> repaired(graph, encoder, ranges, samples)).get();
    Graph seven = new ForkJoinPool(7).submit(() -> repaired(graph, encoder, ranges, samples)).get();

    assertThat(seven).isEqualTo(one);
  }

  private static Graph repaired(
      Graph graph, WeightEncoder encoder, Ranges ranges, Samples samples) {
    Graph rounded = encoder.leastError(samples, () -> {});
    return BiasCorrection.of(graph, rounded, ranges, samples, () -> {});
  }

  @Test
  void whatTheFileHasInIntegersStaysAsItIs() {
    Graph graph = network();
    Samples samples = alike(graph, 4);
    Ranges ranges = ranges(graph, samples);
    Graph given = new WeightEncoder(graph, ranges, WeightScheme.PER_TENSOR).nearest();

    assertThat(CrossLayerEqualization.of(given)).isEqualTo(given);
    assertThat(OutlierMigration.of(given, samples, 0.5, () -> {})).isEqualTo(given);
    assertThat(new WeightEncoder(given, ranges, WeightScheme.POWER_OF_TWO).nearest())
        .isEqualTo(given);
    assertThat(BiasCorrection.of(given, given, ranges, samples, () -> {})).isEqualTo(given);
  }
}

package io.mcudeploy.quantization.repair;

import static io.mcudeploy.quantization.repair.TestNetwork.conv;
import static io.mcudeploy.quantization.repair.TestNetwork.decibels;
import static io.mcudeploy.quantization.repair.TestNetwork.difference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.operators.Normalization;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Repairs that move scales between layers: equalization and the migration of outliers. */
class ScalingTest {
  private static final Padding2d AROUND = new Padding2d(1, 1, 1, 1);
  private static final Activation RELU = Activation.RELU;

  /** From 1/64 to 2. */
  private static double uneven(int channel) {
    return Math.scalb(1.0, channel * 5 % 8 - 6);
  }

  /** Channels of very different size, as trained depthwise networks have them. */
  private static Graph depthwiseChain() {
    return new TestNetwork(1, 6, 6, 3)
        .layer("expand", conv(1, Padding2d.NONE, RELU), ScalingTest::uneven, c -> 1, 8, 1, 1, 3)
        .layer("depth", conv(8, AROUND, RELU), c -> 1, c -> 1, 8, 3, 3, 1)
        .layer(
            "project",
            conv(1, Padding2d.NONE, Activation.NONE),
            c -> 1,
            c -> 1 / uneven(c),
            4,
            1,
            1,
            8)
        .graph();
  }

  @Test
  void equalizationGainsTenDecibelsOnAnUnevenDepthwiseChain() {
    Graph graph = depthwiseChain();
    Samples samples = Samples.synthetic(graph, 16);

    Graph equal = CrossLayerEqualization.of(graph);

    assertThat(difference(graph, equal, samples)).isLessThan(1e-5);
    assertThat(decibels(graph, equal, samples)).isGreaterThan(decibels(graph, graph, samples) + 10);
  }

  @Test
  void equalWeightsStayAsTheyAreAndASecondTimeChangesNothing() {
    Graph once = CrossLayerEqualization.of(depthwiseChain());
    Graph twice = CrossLayerEqualization.of(once);

    Junction junction = Junction.of(once).get(0);
    double[] given = junction.producedMagnitudes(new Numbers(once));
    double[] seen = junction.absorbedMagnitudes(new Numbers(once));
    for (int c = 0; c < given.length; c++) {
      assertThat(given[c] / seen[c]).isCloseTo(1, within(0.01));
    }
    assertThat(difference(once, twice, Samples.synthetic(once, 4))).isLessThan(1e-6);
  }

  @Test
  void scalesPassPoolsPaddingAndMovesIntoAFullyConnectedLayer() {
    Graph graph =
        new TestNetwork(1, 4, 4, 2)
            .layer(
                "conv", conv(1, AROUND, Activation.NONE), ScalingTest::uneven, c -> 1, 8, 3, 3, 2)
            .then("leaky", new Unary(new UnaryFunction.LeakyRelu(0.1)))
            .then(
                "pool",
                new MaxPool2d(
                    new Size2d(2, 2), new Size2d(2, 2), Size2d.ONE, Padding2d.NONE, false))
            .then("first", new Transpose(List.of(0, 3, 1, 2)))
            .then("flat", new Reshape(Shape.of(1, 32)))
            .layer("dense", new FullyConnected(RELU), c -> 1, c -> 1 / uneven(c / 4), 5, 32)
            .then("softmax", new Softmax(1))
            .graph();
    Samples samples = Samples.synthetic(graph, 16);

    Graph equal = CrossLayerEqualization.of(graph);

    assertThat(Junction.of(graph)).hasSize(1);
    assertThat(difference(graph, equal, samples)).isLessThan(1e-5);
    assertThat(decibels(graph, equal, samples)).isGreaterThan(decibels(graph, graph, samples) + 6);
  }

  @Test
  void aClampAtAnotherNumberThanZeroAndAnOutputKeepTheirScale() {
    Activation six = new Activation(0, 6);
    Graph fused =
        new TestNetwork(1, 3)
            .layer("a", new FullyConnected(six), ScalingTest::uneven, c -> 1, 8, 3)
            .layer("b", new FullyConnected(RELU), c -> 1, c -> 1, 2, 8)
            .graph();
    Graph apart =
        new TestNetwork(1, 3)
            .layer("a", new FullyConnected(RELU), ScalingTest::uneven, c -> 1, 8, 3)
            .then("clip", new Unary(new UnaryFunction.Clamp(six)))
            .layer("b", new FullyConnected(RELU), c -> 1, c -> 1, 2, 8)
            .graph();
    Graph plain =
        new TestNetwork(1, 3)
            .layer("a", new FullyConnected(RELU), ScalingTest::uneven, c -> 1, 8, 3)
            .layer("b", new FullyConnected(RELU), c -> 1, c -> 1, 2, 8)
            .graph();
    Graph seen =
        Graph.of("seen", plain.inputs(), List.of("a.y", "b.y"), plain.nodes(), plain.constants());

    assertThat(Junction.of(plain)).hasSize(1);
    assertThat(Junction.of(fused)).isEmpty();
    assertThat(Junction.of(apart)).isEmpty();
    assertThat(Junction.of(seen)).isEmpty();
  }

  @Test
  void outliersBehindAScaleMoveIntoTheWeightsAndGainTenDecibels() {
    Graph graph = normalized();
    Samples samples = Samples.synthetic(graph, 16);

    Graph smooth = OutlierMigration.of(graph, samples, 0.5, () -> {});

    assertThat(difference(graph, smooth, samples)).isLessThan(1e-5);
    assertThat(decibels(graph, smooth, samples))
        .isGreaterThan(decibels(graph, graph, samples) + 10);
  }

  @Test
  void outliersBehindALayerNormalizationMoveAsWell() {
    float[] gamma = new float[16];
    Arrays.fill(gamma, 1);
    gamma[5] = 100;
    Graph graph =
        new TestNetwork(1, 16)
            .with(
                "norm",
                new Normalization(Normalization.Measure.DEVIATION, List.of(1), 1e-5),
                new Tensor.Floats(Shape.of(16), gamma))
            .layer(
                "dense", new FullyConnected(Activation.NONE), c -> 1, c -> c == 5 ? 0.01 : 1, 8, 16)
            .graph();
    Samples samples = Samples.synthetic(graph, 16);

    Graph smooth = OutlierMigration.of(graph, samples, 0.5, () -> {});

    assertThat(difference(graph, smooth, samples)).isLessThan(1e-5);
    assertThat(decibels(graph, smooth, samples))
        .isGreaterThan(decibels(graph, graph, samples) + 10);
  }

  @Test
  void strengthSaysWhetherWeightsOrActivationsBecomeEqual() {
    Graph graph = normalized();
    Samples samples = Samples.synthetic(graph, 16);

    Graph weights = OutlierMigration.of(graph, samples, 0, () -> {});
    Graph activations = OutlierMigration.of(graph, samples, 1, () -> {});

    for (double seen : Junction.of(weights).get(0).absorbedMagnitudes(new Numbers(weights))) {
      assertThat(seen).isCloseTo(1, within(1e-5));
    }
    Ranges ranges = Calibration.of(activations, samples, RangeMethod.MIN_MAX, done -> {});
    assertThat(ranges.of("beta.y").magnitude()).isCloseTo(1, within(1e-5));
  }

  /** What normalizations of transformers give: one channel is a hundred times as large. */
  private static Graph normalized() {
    float[] gamma = new float[16];
    for (int c = 0; c < gamma.length; c++) {
      gamma[c] = c == 5 ? 100 : 1;
    }
    return new TestNetwork(1, 16)
        .with("gamma", new Binary(BinaryFunction.MUL), new Tensor.Floats(Shape.of(16), gamma))
        .with("beta", new Binary(BinaryFunction.ADD), new Tensor.Floats(Shape.of(1, 16), gamma))
        .layer("dense", new FullyConnected(Activation.NONE), c -> 1, c -> c == 5 ? 0.01 : 1, 8, 16)
        .graph();
  }
}

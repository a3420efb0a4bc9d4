package io.mcudeploy.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrimaryCapsulesTest {
  private static final SquashFunction SQUASH = new SquashFunction(SquashFunction.Kind.HINTON, 0);

  /** One input channel, four filters of 1x1: two capsules of two channels per pixel. */
  private static final Tensor WEIGHTS =
      new Tensor.Floats(Shape.of(4, 1, 1, 1), new float[] {3, 4, 1, -1});

  private static final Tensor BIAS = new Tensor.Floats(Shape.of(4), new float[] {0, 0, -1, 1});

  @Test
  void capsulesAreNeighbouringChannelsPixelByPixel() {
    Tensor capsules = run(Activation.NONE, 1, 2);

    assertThat(capsules.shape()).isEqualTo(Shape.of(1, 4, 2));
    double second = Math.sqrt(2) / 3;
    assertThat(((Tensor.Floats) capsules).values())
        .containsExactly(
            new float[] {
              15f / 26, 20f / 26, 0, 0, 60f / 101, 80f / 101, (float) second, (float) -second
            },
            within(1e-6f));
  }

  @Test
  void theActivationComesBeforeTheSquash() {
    Tensor capsules = run(Activation.RELU, 1, 2);

    assertThat(((Tensor.Floats) capsules).values()[6]).isCloseTo(0.5f, within(1e-6f));
    assertThat(((Tensor.Floats) capsules).values()[7]).isZero();
  }

  @Test
  void capsulesMustDivideTheChannels() {
    PrimaryCapsules layer = layer(Activation.NONE, 3);
    TensorType image = TensorType.floats(Shape.of(1, 1, 2, 1));

    assertThatThrownBy(() -> layer.outputTypes(List.of(image, WEIGHTS.type(), BIAS.type())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 channels");
  }

  private static Tensor run(Activation activation, float... pixels) {
    Tensor image = new Tensor.Floats(Shape.of(1, 1, pixels.length, 1), pixels);
    PrimaryCapsules layer = layer(activation, 2);
    Tensor output = layer.evaluate(List.of(image, WEIGHTS, BIAS)).get(0);
    assertThat(layer.outputTypes(List.of(image.type(), WEIGHTS.type(), BIAS.type())))
        .containsExactly(output.type());
    return output;
  }

  private static PrimaryCapsules layer(Activation activation, int dimension) {
    return new PrimaryCapsules(
        new Conv2d(Size2d.ONE, Size2d.ONE, Padding2d.NONE, 1, activation), dimension, SQUASH);
  }
}

package io.mcudeploy.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.CapsuleRouting.Output;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.operators.CapsuleRouting.SquashOver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapsuleRoutingTest {
  private static final SquashFunction SQUASH = new SquashFunction(SquashFunction.Kind.HINTON, 0);

  /** Three input capsules of 1 element; the weights are the predictions of u = 1. */
  private static final Tensor ONES = floats(Shape.of(1, 3, 1), 1, 1, 1);

  /**
   * Output 0 is predicted alike by two input capsules; output 1 gets a longer sum, from predictions
   * that contradict each other.
   */
  private static final Tensor CONTRADICTING =
      floats(Shape.of(2, 3, 2, 1), 0, 3, 0, 3, 0, 0, 5, 4, -5, 4, 0, 0);

  @Test
  void onePassIsTheSquashedMean() {
    float[] v = run(routing(1, Output.VECTORS), ONES, CONTRADICTING);

    // Halves of (0, 6) and (0, 8): lengths 3 and 4, squashed to 9/10 and 16/17.
    assertThat(v).containsExactly(new float[] {0, 0.9f, 0, 16f / 17}, within(1e-6f));
  }

  /**
   * At first the second input capsule spoils what the first says about output 0; routing turns it
   * away.
   */
  @Test
  void routingChangesTheWinner() {
    Tensor spoilt = floats(Shape.of(2, 3, 2, 1), 16, 0, -6, 0, 0, 0, 12, 0, 0, 0, 0, 0);

    float[] once = run(routing(1, Output.LENGTHS), ONES, spoilt);
    float[] twice = run(routing(2, Output.LENGTHS), ONES, spoilt);

    assertThat(once[0]).isLessThan(once[1]);
    assertThat(twice[0]).isGreaterThan(twice[1]);
  }

  @Test
  void twoPassesFollowTheFormula() {
    float[] v = run(routing(2, Output.LENGTHS), ONES, CONTRADICTING);

    double v0 = 0.9;
    double v1 = 16.0 / 17;
    double c0 = Math.exp(3 * v0) / (Math.exp(3 * v0) + Math.exp(4 * v1));
    double s0 = 6 * c0;
    double s1 = 8 * (1 - c0);
    assertThat(v[0]).isCloseTo((float) (s0 * s0 / (1 + s0 * s0)), within(1e-6f));
    assertThat(v[1]).isCloseTo((float) (s1 * s1 / (1 + s1 * s1)), within(1e-6f));
  }

  @Test
  void softmaxOverInputsWeighsThePredictionsOfEachOutput() {
    CapsuleRouting routing =
        new CapsuleRouting(
            2, 2, 1, SQUASH, SquashOver.VECTOR, SoftmaxOver.INPUT, false, false, Output.VECTORS);

    float[] v = run(routing, ONES, CONTRADICTING);

    double s1 = 8.0 / 3;
    assertThat(v[1]).isCloseTo(0.8f, within(1e-6f));
    assertThat(v[3]).isCloseTo((float) (s1 * s1 / (1 + s1 * s1)), within(1e-6f));
  }

  @Test
  void squashOfSingleElementsDoesNotSeeTheOthers() {
    CapsuleRouting routing =
        new CapsuleRouting(
            1, 2, 1, SQUASH, SquashOver.ELEMENT, SoftmaxOver.OUTPUT, false, false, Output.VECTORS);

    float[] v = run(routing, floats(Shape.of(1, 1, 1), 1), floats(Shape.of(1, 1, 2, 1), 1, -3));

    assertThat(v).containsExactly(new float[] {0.5f, -0.9f}, within(1e-6f));
  }

  @Test
  void biasAndInitialLogitsEnterTheFirstPass() {
    CapsuleRouting routing =
        new CapsuleRouting(
            2, 1, 1, SQUASH, SquashOver.VECTOR, SoftmaxOver.OUTPUT, true, true, Output.VECTORS);
    Tensor bias = floats(Shape.of(2, 1), 0, 1);
    Tensor logits = floats(Shape.of(2, 1), (float) Math.log(3), 0);

    float[] v =
        run(
            routing,
            floats(Shape.of(1, 1, 1), 1),
            floats(Shape.of(2, 1, 1, 1), 4, 4),
            bias,
            logits);

    // Sums 3/4 · 4 and 1/4 · 4 + 1.
    assertThat(v).containsExactly(new float[] {0.9f, 0.8f}, within(1e-6f));
  }

  @Test
  void zeroCapsulesStayZero() {
    float[] lengths =
        run(routing(3, Output.LENGTHS), floats(Shape.of(1, 3, 1), 0, 0, 0), CONTRADICTING);

    assertThat(lengths).containsExactly(0, 0);
  }

  @Test
  void typesAndCostFollowTheWeights() {
    CapsuleRouting routing = routing(3, Output.LENGTHS);
    List<TensorType> inputs = List.of(ONES.type(), CONTRADICTING.type());

    assertThat(routing.outputTypes(inputs)).containsExactly(TensorType.floats(Shape.of(1, 2)));
    assertThat(routing.macs(inputs)).isEqualTo(12 + 3 * 12 + 2 * 12);
    assertThatThrownBy(
            () -> routing.outputTypes(List.of(ONES.type(), TensorType.floats(Shape.of(2, 2)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 3, 2, 1]");
  }

  private static CapsuleRouting routing(int iterations, Output output) {
    return new CapsuleRouting(
        2, 2, iterations, SQUASH, SquashOver.VECTOR, SoftmaxOver.OUTPUT, false, false, output);
  }

  private static float[] run(CapsuleRouting routing, Tensor... inputs) {
    List<TensorType> types = new ArrayList<>();
    List.of(inputs).forEach(input -> types.add(input.type()));
    Tensor output = routing.evaluate(List.of(inputs)).get(0);
    assertThat(routing.outputTypes(types)).containsExactly(output.type());
    return ((Tensor.Floats) output).values();
  }

  private static Tensor floats(Shape shape, float... values) {
    return new Tensor.Floats(shape, values);
  }
}

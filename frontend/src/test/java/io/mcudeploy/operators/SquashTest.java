package io.mcudeploy.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.SquashFunction.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SquashTest {
  @Test
  void shortensTheVectorsAlongItsAxis() {
    Squash rows = new Squash(1, new SquashFunction(Kind.HINTON, 0));
    Squash columns = new Squash(0, new SquashFunction(Kind.HINTON, 0));

    assertThat(run(rows, Shape.of(2, 2), 3, 4, 0, 1))
        .containsExactly(new float[] {15f / 26, 20f / 26, 0, 0.5f}, within(1e-6f));
    assertThat(run(columns, Shape.of(2, 2), 3, 0, 4, 1))
        .containsExactly(new float[] {15f / 26, 0, 20f / 26, 0.5f}, within(1e-6f));
  }

  @Test
  void anAxisOfExtentOneMakesEveryElementAVector() {
    Squash squash = new Squash(1, new SquashFunction(Kind.HINTON, 0));

    assertThat(run(squash, Shape.of(2, 1), 3, -1))
        .containsExactly(new float[] {0.9f, -0.5f}, within(1e-6f));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyKindKeepsZeroAndStaysBelowLengthOne(Kind kind) {
    for (double epsilon : new double[] {0, 1e-20, 1e-7}) {
      SquashFunction function = new SquashFunction(kind, epsilon);
      double longest = 0;
      assertThat(function.factor(0)).isZero();
      for (double norm = 1e-12; norm < 1e18; norm *= 3) {
        double length = norm * function.factor(norm * norm);
        assertThat(length).isBetween(longest - 1e-15, 1 + 1e-15);
        longest = length;
      }
    }
  }

  @Test
  void kindsFollowTheirFormulas() {
    double epsilon = 0.01;
    assertThat(new SquashFunction(Kind.HINTON, epsilon).factor(4))
        .isCloseTo(0.8 / Math.sqrt(4.01), within(1e-15));
    assertThat(new SquashFunction(Kind.HINTON_NORM, epsilon).factor(4))
        .isCloseTo(0.8 / 2.01, within(1e-15));
    assertThat(new SquashFunction(Kind.EFFICIENT, epsilon).factor(4))
        .isCloseTo((1 - 1 / (Math.exp(2) + epsilon)) / 2.01, within(1e-15));
  }

  private static float[] run(Squash squash, Shape shape, float... values) {
    Tensor input = new Tensor.Floats(shape, values);
    assertThat(squash.outputTypes(List.of(input.type()))).containsExactly(input.type());
    return ((Tensor.Floats) squash.evaluate(List.of(input)).get(0)).values();
  }
}

package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.ir.Tensor;

/** Comparison of tensors with what another implementation computed. */
final class NumberAssertions {
  private NumberAssertions() {}

  /** Real numbers within {@code absolute + relative * |expected|}, integers equal. */
  static void assertClose(Tensor actual, Tensor expected, double relative, double absolute) {
    assertThat(actual.type()).isEqualTo(expected.type());
    if (!(expected instanceof Tensor.Floats floats)) {
      assertThat(((Tensor.Integers) actual).values())
          .containsExactly(((Tensor.Integers) expected).values());
      return;
    }
    float[] values = ((Tensor.Floats) actual).values();
    for (int i = 0; i < values.length; i++) {
      float wanted = floats.values()[i];
      if (Float.isFinite(wanted)) {
        assertThat((double) values[i])
            .as("element %d", i)
            .isCloseTo(wanted, within(absolute + relative * Math.abs(wanted)));
      } else {
        // As objects, for which NaN equals NaN.
        assertThat((Object) values[i]).as("element %d", i).isEqualTo(wanted);
      }
    }
  }
}

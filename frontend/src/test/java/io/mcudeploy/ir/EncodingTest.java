package io.mcudeploy.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.operators.Transpose;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EncodingTest {
  /** Two rows of three int8 numbers, a scale for each row. */
  private static final Encoding ROWS =
      new Encoding(integers(Shape.of(2, 3)), new Grid(List.of(0.5, 2.0), List.of(0, 1), 0));

  private static Tensor.Integers integers(Shape shape) {
    return new Tensor.Integers(
        ElementType.INT8, shape, LongStream.range(0, shape.elements()).toArray());
  }

  @Test
  void realNumbersRememberTheirIntegers() {
    Tensor.Floats reals = ROWS.decode();
    assertThat(reals.values()).containsExactly(0, 0.5f, 1, 4, 6, 8);
    assertThat(reals.encoding()).contains(ROWS);
  }

  @Test
  void integersBeyondSinglePrecisionAreKept() {
    long bias = (1L << 30) + 1;
    Tensor.Integers integers =
        new Tensor.Integers(ElementType.INT32, Shape.of(1), new long[] {bias});
    Tensor.Floats reals = new Encoding(integers, Grid.perTensor(1e-6, 0)).decode();
    assertThat(reals.reshaped(Shape.of(1, 1)).equals(reals)).isFalse();
    assertThat(reals.reshaped(Shape.of(1, 1)).encoding())
        .hasValueSatisfying(kept -> assertThat(kept.integers().values()).containsExactly(bias));
  }

  @Test
  void transposesMoveIntegersAndTheAxisOfTheScales() {
    Tensor.Floats moved =
        (Tensor.Floats) new Transpose(List.of(1, 0)).evaluate(List.of(ROWS.decode())).get(0);
    Encoding encoding = moved.encoding().orElseThrow();
    assertThat(encoding.grid().axis()).isEqualTo(1);
    assertThat(encoding.integers().values()).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(encoding.decode().values()).isEqualTo(moved.values());
  }

  @Test
  void shapesThatKeepTheAxisOfTheScalesKeepTheIntegers() {
    Tensor.Floats column = ROWS.decode().reshaped(Shape.of(1, 2, 1, 3));
    assertThat(column.encoding().orElseThrow().grid().axis()).isEqualTo(1);
    assertThat(ROWS.decode().reshaped(Shape.of(6)).encoding()).isEmpty();
  }

  @Test
  void factorsOfOutputsGoIntoTheScales() {
    Encoding scaled = ROWS.scaled(List.of(3.0, 0.5)).orElseThrow();
    assertThat(scaled.integers()).isEqualTo(ROWS.integers());
    assertThat(scaled.grid().scales()).containsExactly(1.5, 1.0);
    assertThat(ROWS.scaled(List.of(1.0, 0.0))).isEmpty();
  }

  @Test
  void signsOfFactorsGoIntoTheIntegers() {
    Encoding scaled = ROWS.scaled(List.of(1.0, -2.0)).orElseThrow();
    float[] before = ROWS.decode().values();
    float[] after = scaled.decode().values();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isEqualTo(i < before.length / 2 ? before[i] : -2 * before[i]);
    }
    assertThat(scaled.grid().scales()).allMatch(scale -> scale > 0);
  }

  @Test
  void aGridChecksItsScales() {
    assertThatThrownBy(() -> Grid.perTensor(0, 0)).hasMessageContaining("scale is 0");
    assertThatThrownBy(() -> new Grid(List.of(1.0, 1.0), List.of(0), 0))
        .hasMessageContaining("2 scales and 1 zero points");
    assertThatThrownBy(() -> ROWS.grid().indices(Shape.of(3, 2)))
        .hasMessageContaining("2 scales along axis 0");
  }
}

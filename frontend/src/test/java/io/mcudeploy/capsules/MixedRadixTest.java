package io.mcudeploy.capsules;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.List;
import org.junit.jupiter.api.Test;

class MixedRadixTest {
  @Test
  void memoryOrderItselfIsOneAxis() {
    MixedRadix radix = MixedRadix.of(new int[] {0, 1, 2, 3, 4, 5});

    assertThat(radix.isPermutation()).isTrue();
    assertThat(radix.inputShape()).isEqualTo(Shape.of(6));
    assertThat(radix.transpose().isIdentity()).isTrue();
  }

  @Test
  void findsTheTransposeAgain() {
    Transpose transpose = new Transpose(List.of(0, 3, 1, 2));
    int[] order = ElementMaps.of(transpose, List.of(Shape.of(2, 3, 4, 5)));

    MixedRadix radix = MixedRadix.of(order);

    assertThat(radix.isPermutation()).isTrue();
    assertThat(radix.inputShape()).isEqualTo(Shape.of(2, 12, 5));
    assertThat(ElementMaps.of(radix.transpose(), List.of(radix.inputShape()))).isEqualTo(order);
  }

  @Test
  void transposesAcrossReshapesBecomeOneTranspose() {
    int[] first = ElementMaps.of(new Transpose(List.of(1, 0)), List.of(Shape.of(4, 6)));
    int[] second = ElementMaps.of(new Transpose(List.of(0, 2, 1)), List.of(Shape.of(6, 2, 2)));
    int[] order = new int[24];
    for (int i = 0; i < 24; i++) {
      order[i] = first[second[i]];
    }

    MixedRadix radix = MixedRadix.of(order);

    assertThat(radix.isPermutation()).isTrue();
    assertThat(ElementMaps.of(radix.transpose(), List.of(radix.inputShape()))).isEqualTo(order);
  }

  @Test
  void irregularOrdersAreNoTranspose() {
    assertThat(MixedRadix.of(new int[] {0, 2, 1, 3, 4, 5}).isPermutation()).isFalse();
    assertThat(MixedRadix.of(new int[] {5, 4, 3, 2, 1, 0}).isPermutation()).isFalse();
    assertThat(MixedRadix.of(new int[] {0}).isPermutation()).isTrue();
  }

  @Test
  void elementMapsFollowRepeatedElements() {
    assertThat(ElementMaps.broadcast(Shape.of(2, 1), Shape.of(2, 3)))
        .containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(ElementMaps.of(new Reshape(Shape.of(2)), List.of(Shape.of(1, 2))))
        .containsExactly(0, 1);
  }
}

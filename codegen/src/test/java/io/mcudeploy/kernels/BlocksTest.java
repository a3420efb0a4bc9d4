package io.mcudeploy.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlocksTest {
  @Test
  void countsThatDivideAreOneStretch() {
    assertThat(Blocks.of(8, 4))
        .containsExactly(Map.of("first", 0, "end", 8, "width", 4, "lanes", List.of(0, 1, 2, 3)));
  }

  @Test
  void theRestIsANarrowerBlock() {
    assertThat(Blocks.of(1, 8, 4))
        .containsExactly(
            Map.of("first", 1, "end", 5, "width", 4, "lanes", List.of(0, 1, 2, 3)),
            Map.of("first", 5, "end", 8, "width", 3, "lanes", List.of(0, 1, 2)));
  }

  @Test
  void nothingIsNoStretch() {
    assertThat(Blocks.of(3, 3, 2)).isEmpty();
  }

  @Test
  void weightsAreInterleavedInReadingOrder() {
    Int8Array weights = Int8Array.of(new byte[] {1, 2, 3, 11, 12, 13, 21, 22, 23});

    assertThat(Blocks.interleave(weights, 3, 3, 2))
        .isEqualTo(Int8Array.of(new byte[] {1, 11, 2, 12, 3, 13, 21, 22, 23}));
  }

  @Test
  void zeroPointsMoveIntoTheBias() {
    Int8Array weights = Int8Array.of(new byte[] {1, 2, -3, 4});

    assertThat(Blocks.fold(Int32Array.of(100, 200), weights, 2, -5))
        .isEqualTo(Int32Array.of(115, 205));
  }
}

package io.mcudeploy.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.Int8Array;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InputGroupsTest {
  private static final int OUTPUTS = 16;
  private static final int INPUTS = 50;

  @Test
  void inputsChangePlacesUntilEverySumKeepsTo16Bits() {
    Int8Array weights = bellShaped(38);

    InputGroups groups = InputGroups.of(weights, OUTPUTS, INPUTS, 4);

    assertThat(groups.size()).isGreaterThan(2);
    assertThat(groups.places()).isNotEqualTo(IntStream.range(0, INPUTS).boxed().toList());
    assertEverySumFits(weights, groups);
  }

  @Test
  void twoOfTheLargestWeightsAlwaysFit() {
    byte[] largest = new byte[OUTPUTS * INPUTS];
    Random random = new Random(3);
    for (int i = 0; i < largest.length; i++) {
      largest[i] = (byte) (random.nextBoolean() ? -128 : 127);
    }
    Int8Array weights = Int8Array.of(largest);

    InputGroups groups = InputGroups.of(weights, OUTPUTS, INPUTS, 4);

    assertThat(groups.size()).isEqualTo(2);
    assertEverySumFits(weights, groups);
  }

  @Test
  void everyInputHasAPlaceOfItsOwn() {
    InputGroups groups = InputGroups.of(bellShaped(25), OUTPUTS, INPUTS, 4);

    assertThat(groups.places()).hasSize(INPUTS).doesNotHaveDuplicates();
    assertThat(groups.places()).allMatch(place -> place < groups.count() * groups.size());
  }

  private static Int8Array bellShaped(double deviation) {
    Random random = new Random(1);
    byte[] weights = new byte[OUTPUTS * INPUTS];
    for (int i = 0; i < weights.length; i++) {
      long weight = Math.round(random.nextGaussian() * deviation);
      weights[i] = (byte) Math.max(-127, Math.min(127, weight));
    }
    return Int8Array.of(weights);
  }

  /** For the inputs -128 and 127 that make a sum smallest and largest. */
  private static void assertEverySumFits(Int8Array weights, InputGroups groups) {
    for (int output = 0; output < OUTPUTS; output++) {
      int[] least = new int[groups.count()];
      int[] most = new int[groups.count()];
      for (int input = 0; input < INPUTS; input++) {
        int weight = weights.get(output * INPUTS + input);
        int group = groups.places().get(input) / groups.size();
        least[group] += Math.min(-128 * weight, 127 * weight);
        most[group] += Math.max(-128 * weight, 127 * weight);
      }
      assertThat(Arrays.stream(least)).allMatch(sum -> sum + InputGroups.OFFSET >= 0);
      assertThat(Arrays.stream(most)).allMatch(sum -> sum + InputGroups.OFFSET <= 65535);
    }
  }
}

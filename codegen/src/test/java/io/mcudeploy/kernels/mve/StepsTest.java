package io.mcudeploy.kernels.mve;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepsTest {
  @Test
  void shortVectorsAreWrittenOut() {
    assertThat(Steps.padded(40).lines("S")).containsExactly("S_FIRST", "S_STEP", "S_STEP");
  }

  @Test
  void onlyAnExactVectorHasATail() {
    assertThat(Steps.exact(40).lines("S")).containsExactly("S_FIRST", "S_STEP", "S_STEP_TAIL");
    assertThat(Steps.exact(8).lines("S")).containsExactly("S_FIRST_TAIL");
    assertThat(Steps.exact(32).lines("S")).containsExactly("S_FIRST", "S_STEP");
  }

  @Test
  void longVectorsDoEveryStepOnce() {
    for (int inputs = 1; inputs < 2000; inputs += 7) {
      for (Steps steps : List.of(Steps.padded(inputs), Steps.exact(inputs))) {
        List<String> lines = steps.lines("S");
        int written = (int) lines.stream().filter(line -> line.startsWith("S_")).count();

        assertThat(written + steps.body() * Math.max(0, steps.rounds() - 1))
            .as("%s", steps)
            .isEqualTo(steps.count());
        assertThat(lines.get(0)).startsWith("S_FIRST");
        assertThat(lines.subList(0, lines.size() - 1)).noneMatch(line -> line.endsWith("TAIL"));
      }
    }
  }

  @Test
  void roundsAreMarked() {
    assertThat(Collections.frequency(Steps.padded(576).lines("S"), "BEGIN_ROUND")).isEqualTo(1);
    assertThat(Collections.frequency(Steps.padded(576).lines("S"), "END_ROUND")).isEqualTo(1);
    assertThat(Steps.padded(576)).isEqualTo(new Steps(576, 0, 5, 7));
  }

  @Test
  void weightsLieInTheOrderOfTheStepsWithZerosBehindTheVector() {
    byte[] weights = new byte[5 * 17];
    IntStream.range(0, weights.length).forEach(i -> weights[i] = (byte) (i + 1));

    ConstantArray packed = Steps.padded(17).pack(Int8Array.of(weights), new ChannelGroups(5));

    assertThat(packed.bytes()).isEqualTo(2 * 2 * 4 * 16);
    assertThat(packed.values().get(16)).as("second channel").isEqualTo(18);
    assertThat(packed.values().get(64)).as("second step").isEqualTo(17);
    assertThat(packed.values().get(65)).as("behind the vector").isZero();
    assertThat(packed.values().get(128)).as("second group begins with channel 1").isEqualTo(18);
  }

  @Test
  void numbersOfChannelsLieBehindTheirWeights() {
    byte[] weights = new byte[5 * 16];
    IntStream.range(0, weights.length).forEach(i -> weights[i] = (byte) (i - 3));
    OutputStage stage =
        new OutputStage(Collections.nCopies(5, Multiplier.of(0.25)), -128, -128, 127);
    Lanes lanes = new Lanes(Int32Array.of(10, 11, 12, 13, 14), stage);

    ConstantArray packed =
        Steps.padded(16).pack(Int8Array.of(weights), new ChannelGroups(5, 4), lanes);

    assertThat(packed.type()).isEqualTo(CType.INT32);
    assertThat(packed.values().length()).isEqualTo(2 * (16 + 12));
    assertThat(packed.values().get(0)).as("weights -3, -2, -1, 0").isEqualTo(0x00fffefd);
    assertThat(packed.values().get(16)).as("bias of channel 0").isEqualTo(10);
    assertThat(packed.values().get(20)).as("multiplier of channel 0").isEqualTo(1 << 30);
    assertThat(packed.values().get(24)).as("left shift of channel 0").isEqualTo(-1);
    assertThat(packed.values().get(28 + 16)).as("second group begins with channel 1").isEqualTo(11);
  }
}

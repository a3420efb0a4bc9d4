package io.mcudeploy.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RampTest {
  private static final int BOUND = 1 << 20;
  private static final int CUT = 14;

  @Test
  void givesTheBytesOfTheOutputStageForEveryAccumulatorBehindARelu() {
    Random random = new Random(1);
    for (int i = 0; i < 10; i++) {
      int zeroPoint = random.nextInt(100) - 128;
      assertEqualBytes(new OutputStage(List.of(factor(random)), zeroPoint, zeroPoint, 127));
    }
  }

  @Test
  void givesThemWhereNegativeNumbersAreKept() {
    Random random = new Random(2);
    for (int i = 0; i < 10; i++) {
      int zeroPoint = random.nextInt(256) - 128;
      assertEqualBytes(new OutputStage(List.of(factor(random)), zeroPoint, -128, 127));
    }
  }

  @Test
  void givesThemForFactorsThatSkipOutputs() {
    assertEqualBytes(new OutputStage(List.of(Multiplier.of(2.71)), 3, -100, 90));
  }

  @Test
  void givesTheZeroPointForTheFactorZero() {
    assertEqualBytes(new OutputStage(List.of(Multiplier.of(0)), 5, -128, 127));
  }

  @Test
  void exist() {
    Random random = new Random(3);
    for (int lowest : new int[] {-128, 4}) {
      OutputStage stage =
          new OutputStage(
              IntStream.range(0, 500).mapToObj(i -> factor(random)).toList(), 4, lowest, 127);
      assertThat(Ramp.of(stage, BOUND, CUT)).isPresent();
    }
  }

  @Test
  void needASmallerCutWhereTheSlopeIsLong() {
    OutputStage stage = new OutputStage(List.of(Multiplier.of(1 / 3000.0)), 0, -128, 127);

    assertThat(Ramp.of(stage, BOUND, CUT)).isEmpty();
    assertThat(Ramp.of(stage, BOUND, 12)).isPresent();
  }

  private static Multiplier factor(Random random) {
    return new Multiplier((1 << 30) + random.nextInt(1 << 30), 8 + random.nextInt(2));
  }

  private static void assertEqualBytes(OutputStage stage) {
    Optional<List<Ramp>> ramps = Ramp.of(stage, BOUND, CUT);
    assertThat(ramps).as("%s", stage).isPresent();
    Ramp ramp = ramps.orElseThrow().get(0);
    for (int acc = -BOUND; acc <= BOUND; acc++) {
      int output = output(ramp, acc, stage);
      if (output != stage.apply(0, acc)) {
        assertThat(output).as("%s of %d by %s", stage, acc, ramp).isEqualTo(stage.apply(0, acc));
      }
    }
  }

  /** In 32 bits, as the generated C. */
  private static int output(Ramp ramp, int acc, OutputStage stage) {
    int u = acc - ramp.start();
    if (Integer.compareUnsigned(u, ramp.reach()) > 0) {
      return u < 0 ? stage.lowest() : stage.highest();
    }
    int t = u * ramp.high() + ((u * ramp.low()) >>> CUT) + ramp.addend();
    return (t - ((t >> 31) & ramp.tie()) + Ramp.centre(stage)) >> Ramp.SHIFT;
  }
}

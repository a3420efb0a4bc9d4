package io.mcudeploy.kernels.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineTest {
  private static final int BOUND = 1 << 20;

  @Test
  void givesTheBytesOfTheOutputStageForEveryAccumulator() {
    Random random = new Random(1);
    int found = 0;
    for (int i = 0; i < 20; i++) {
      Multiplier factor =
          new Multiplier((1 << 30) + random.nextInt(1 << 30), 8 + random.nextInt(3));
      int zeroPoint = random.nextInt(100) - 128;
      OutputStage stage = new OutputStage(List.of(factor), zeroPoint, zeroPoint, 127);
      Optional<Line> line = Line.of(factor, zeroPoint, zeroPoint, 127, BOUND, 7);
      if (line.isPresent()) {
        found++;
        for (int acc = -BOUND; acc <= BOUND; acc++) {
          if (output(line.get(), acc, 7, zeroPoint) != stage.apply(0, acc)) {
            assertThat(output(line.get(), acc, 7, zeroPoint))
                .as("%s of %d by %s", stage, acc, line)
                .isEqualTo(stage.apply(0, acc));
          }
        }
      }
    }
    assertThat(found).isEqualTo(20);
  }

  @Test
  void existsForEveryRandomFactorBehindAReLU() {
    Random random = new Random(2);
    int found = 0;
    for (int i = 0; i < 1000; i++) {
      Multiplier factor =
          new Multiplier((1 << 30) + random.nextInt(1 << 30), 8 + random.nextInt(3));
      found += Line.of(factor, -128, -128, 127, BOUND, 7).isPresent() ? 1 : 0;
    }
    assertThat(found).isEqualTo(1000);
  }

  @Test
  void isNotForOutputsOnBothSidesOfTheZeroPoint() {
    assertThat(Line.of(new Multiplier(1_234_567_891, 8), 0, -128, 127, BOUND, 7)).isEmpty();
  }

  private static int output(Line line, int acc, int shift, int lowest) {
    long high =
        (((long) acc + line.ahead()) * line.multiplier() + ((long) line.addend() << 32)) >> 32;
    return (int) Math.max(lowest, Math.min(127, high >> shift));
  }
}

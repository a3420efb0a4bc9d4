package io.mcudeploy.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairFullyConnectedCodeTest {
  private static final int INPUTS = 18;
  private static final int OUTPUTS = 6;
  private static final int BLOCK = 4;
  private static final int ZERO_POINT = 3;

  @Test
  void oneProductOfAWordIsThoseOfTwoOutputsWhateverTheInputs() {
    for (byte extreme : new byte[] {-128, 127}) {
      byte[] inputs = new byte[INPUTS];
      Arrays.fill(inputs, extreme);
      assertAccumulators(inputs);
    }
    Random random = new Random(2);
    for (int i = 0; i < 100; i++) {
      byte[] inputs = new byte[INPUTS];
      random.nextBytes(inputs);
      assertAccumulators(inputs);
    }
  }

  @Test
  void isNotForFewerOutputsThanABlockHas() {
    FullyConnected layer = layer(3);

    assertThat(PairFullyConnectedCode.of(Blocking.M0, layer, outputs(layer))).isEmpty();
  }

  /** The sums that the templates make of the constants. */
  private static void assertAccumulators(byte[] inputs) {
    FullyConnected layer = layer(OUTPUTS);
    ChannelOutputs stage = outputs(layer);
    KernelCode code = PairFullyConnectedCode.of(Blocking.M0, layer, stage).orElseThrow();
    Int32Array words = constant(code, "weights");
    int size = (Integer) code.arguments().get("size");
    int groups = (Integer) code.arguments().get("groups");
    for (int block = 0; block < 2; block++) {
      int first = Math.min(BLOCK * block, OUTPUTS - BLOCK);
      for (int lane = 0; lane < BLOCK; lane++) {
        int sum = constant(code, "bias").get(first + lane);
        for (int group = 0; group < groups; group++) {
          int pair = 0x7f007f00;
          for (int i = 0; i < size; i++) {
            int place = group * size + i;
            int at = ((block * groups + group) * 2 + lane / 2) * size + i;
            pair += words.get(at) * (place < INPUTS ? inputs[place] : 0);
          }
          sum += lane % 2 == 0 ? pair & 0xffff : pair >>> 16;
        }
        assertThat(sum)
            .isEqualTo(accumulator(layer, inputs, first + lane) + stage.ahead().get(first + lane));
      }
    }
  }

  private static int accumulator(FullyConnected layer, byte[] inputs, int output) {
    int sum = layer.bias().get(output);
    for (int i = 0; i < INPUTS; i++) {
      sum += (inputs[i] - ZERO_POINT) * layer.weights().get(output * INPUTS + i);
    }
    return sum;
  }

  private static Int32Array constant(KernelCode code, String name) {
    return code.constants().stream()
        .filter(constant -> constant.name().equals(name))
        .findFirst()
        .orElseThrow()
        .values();
  }

  private static ChannelOutputs outputs(FullyConnected layer) {
    return ChannelOutputs.of(
            Blocking.M0, layer.output(), layer.accumulatorBound(), StorageType.INT8)
        .get(0);
  }

  /** Of weights so large that sums of two products are all that keeps to 16 bits. */
  private static FullyConnected layer(int outputs) {
    Random random = new Random(1);
    byte[] weights = new byte[outputs * INPUTS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) (random.nextBoolean() ? -128 : 127);
    }
    return new FullyConnected(
        1,
        INPUTS,
        outputs,
        ZERO_POINT,
        Int8Array.of(weights),
        Int32Array.of(random.ints(outputs, -2000, 2000).toArray()),
        new OutputStage(Collections.nCopies(outputs, Multiplier.of(0.0021)), -128, -128, 127));
  }
}

package io.mcudeploy.quantized.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.CapsuleRouting.Output;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.operators.CapsuleRouting.SquashOver;
import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.operators.SquashFunction.Kind;
import io.mcudeploy.quantized.Int8Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapsuleRoutingTest {
  private static final double INPUT_SCALE = 1.0 / 128;

  /** A layer in both meanings, with one input. */
  private record Twins(
      io.mcudeploy.operators.CapsuleRouting real,
      CapsuleRouting integer,
      List<Tensor> constants,
      Int8Array capsules) {

    /** The float lengths or vectors. */
    float[] exact() {
      float[] values = new float[capsules.length()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (capsules.get(i) * INPUT_SCALE);
      }
      int inputs = integer.inputCapsules();
      List<Tensor> operands = new ArrayList<>();
      operands.add(new Tensor.Floats(Shape.of(1, inputs, integer.inputDimension()), values));
      operands.addAll(constants);
      return ((Tensor.Floats) real.evaluate(operands).get(0)).values();
    }

    /** What the integers stand for. */
    double[] approximate() {
      byte[] bytes = integer.run(List.of(capsules.toArray())).get(0);
      double[] values = new double[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        values[i] = integer.outputQuantization().toReal(bytes[i]);
      }
      return values;
    }

    double largestError() {
      float[] exact = exact();
      double[] approximate = approximate();
      double largest = 0;
      for (int i = 0; i < exact.length; i++) {
        largest = Math.max(largest, Math.abs(exact[i] - approximate[i]));
      }
      return largest;
    }
  }

  /** The sizes and options of a layer. */
  private record Form(
      int inputs,
      int inputDimension,
      int outputs,
      int dimension,
      SoftmaxOver softmaxOver,
      SquashOver squashOver,
      boolean biased,
      boolean primed,
      Output output,
      Kind kind) {}

  private static Twins twins(Form form, int iterations, long seed) {
    Random random = new Random(seed);
    io.mcudeploy.operators.CapsuleRouting real =
        new io.mcudeploy.operators.CapsuleRouting(
            form.outputs(),
            form.dimension(),
            iterations,
            new SquashFunction(form.kind(), 1e-7),
            form.squashOver(),
            form.softmaxOver(),
            form.biased(),
            form.primed(),
            form.output());
    double magnitude = 6 / Math.sqrt(form.inputs() * form.inputDimension());
    float[] weights =
        reals(
            random,
            form.outputs() * form.inputs() * form.dimension() * form.inputDimension(),
            magnitude);
    float[] bias = reals(random, form.biased() ? form.outputs() * form.dimension() : 0, 0.3);
    float[] logits = reals(random, form.primed() ? form.outputs() * form.inputs() : 0, 2);
    byte[] capsules = new byte[form.inputs() * form.inputDimension()];
    float[] values = new float[capsules.length];
    for (int i = 0; i < capsules.length; i++) {
      capsules[i] = (byte) (random.nextInt(181) - 90);
      values[i] = (float) (capsules[i] * INPUT_SCALE);
    }
    PredictionRanges ranges =
        new PredictionRanges(
            weights, form.outputs(), form.inputs(), form.dimension(), form.inputDimension());
    ranges.observe(values);
    List<Tensor> constants = new ArrayList<>();
    constants.add(
        new Tensor.Floats(
            Shape.of(form.outputs(), form.inputs(), form.dimension(), form.inputDimension()),
            weights));
    if (form.biased()) {
      constants.add(new Tensor.Floats(Shape.of(form.outputs(), form.dimension()), bias));
    }
    if (form.primed()) {
      constants.add(new Tensor.Floats(Shape.of(form.outputs(), form.inputs()), logits));
    }
    CapsuleRouting integer =
        CapsuleRouting.of(
            real,
            form.inputs(),
            form.inputDimension(),
            INPUT_SCALE,
            weights,
            bias,
            logits,
            ranges.ranges());
    return new Twins(real, integer, constants, Int8Array.of(capsules));
  }

  private static Form plain(int inputs, int inputDimension, int outputs, int dimension) {
    return new Form(
        inputs,
        inputDimension,
        outputs,
        dimension,
        SoftmaxOver.OUTPUT,
        SquashOver.VECTOR,
        false,
        false,
        Output.LENGTHS,
        Kind.HINTON);
  }

  private static float[] reals(Random random, int count, double magnitude) {
    float[] reals = new float[count];
    for (int i = 0; i < count; i++) {
      reals[i] = (float) ((2 * random.nextDouble() - 1) * magnitude);
    }
    return reals;
  }

  private static int winner(double[] lengths) {
    int winner = 0;
    for (int j = 1; j < lengths.length; j++) {
      if (lengths[j] > lengths[winner]) {
        winner = j;
      }
    }
    return winner;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  @ParameterizedTest
  @CsvSource({
    "OUTPUT, VECTOR, false, false, LENGTHS, HINTON",
    "OUTPUT, VECTOR, false, false, VECTORS, HINTON",
    "OUTPUT, VECTOR, true,  false, LENGTHS, HINTON_NORM",
    "OUTPUT, VECTOR, false, true,  LENGTHS, HINTON",
    "OUTPUT, VECTOR, true,  true,  VECTORS, EFFICIENT",
    "OUTPUT, ELEMENT, true, false, LENGTHS, HINTON",
    "INPUT,  VECTOR, false, false, LENGTHS, HINTON",
    "INPUT,  VECTOR, true,  false, VECTORS, HINTON",
    "INPUT,  VECTOR, true,  true,  LENGTHS, EFFICIENT",
    "INPUT,  ELEMENT, false, true, LENGTHS, HINTON",
  })
  void integersFollowTheRealMeaning(
      SoftmaxOver softmaxOver,
      SquashOver squashOver,
      boolean biased,
      boolean primed,
      Output output,
      Kind kind) {
    double sum = 0;
    double largest = 0;
    int trials = 0;
    for (int[] size : new int[][] {{40, 4, 10, 6}, {33, 8, 3, 5}, {9, 6, 1, 16}, {64, 3, 5, 3}}) {
      Form form =
          new Form(
              size[0],
              size[1],
              size[2],
              size[3],
              softmaxOver,
              squashOver,
              biased,
              primed,
              output,
              kind);
      for (int seed = 0; seed < 25; seed++) {
        double error = twins(form, 1 + seed % 4, seed).largestError();
        sum += error;
        largest = Math.max(largest, error);
        trials++;
      }
    }
    // Steps are 1/256 for lengths (by element up to 1/64), 1/128 for vectors.
    assertThat(sum / trials).isLessThan(0.02);
    assertThat(largest).isLessThan(0.1);
  }

  @Test
  void routingChangesTheWinnerInIntegersWhereItDoesInRealNumbers() {
    int changes = 0;
    for (int seed = 0; seed < 400; seed++) {
      Form form = plain(16, 4, 4, 6);
      Twins unrouted = twins(form, 1, seed);
      Twins routed = twins(form, 3, seed);
      double[] before = doubles(unrouted.exact());
      double[] after = doubles(routed.exact());
      boolean clear = margin(before) > 0.04 && margin(after) > 0.04;
      if (clear && winner(before) != winner(after)) {
        changes++;
        assertThat(winner(unrouted.approximate())).as("seed %d", seed).isEqualTo(winner(before));
        assertThat(winner(routed.approximate())).as("seed %d", seed).isEqualTo(winner(after));
      }
    }
    assertThat(changes).isGreaterThan(5);
  }

  private static double margin(double[] lengths) {
    double[] sorted = lengths.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - 1] - sorted[sorted.length - 2];
  }

  @Test
  void deadCapsulesAndZeroInputsGiveLengthZero() {
    Form form = plain(8, 4, 3, 4);
    Twins twins = twins(form, 3, 1);
    byte[] lengths = twins.integer().run(List.of(new byte[32])).get(0);
    assertThat(lengths).containsOnly(-128);

    CapsuleRouting dead =
        CapsuleRouting.of(
            twins.real(),
            8,
            4,
            INPUT_SCALE,
            new float[3 * 8 * 4 * 4],
            new float[0],
            new float[0],
            List.of(0.0, 0.0, 0.0));
    assertThat(dead.run(List.of(twins.capsules().toArray())).get(0)).containsOnly(-128);
  }

  @Test
  void everyBoundFits32Bits() {
    for (int inputs : new int[] {1, 64, 1024, 1600, 30000}) {
      for (boolean primed : new boolean[] {false, true}) {
        Form form =
            new Form(
                inputs,
                8,
                2,
                16,
                SoftmaxOver.OUTPUT,
                SquashOver.VECTOR,
                true,
                primed,
                Output.LENGTHS,
                Kind.HINTON);
        assertThat(twins(form, 3, 5).integer().accumulatorBound()).isLessThan(1L << 31);
      }
    }
  }

  @Test
  void largeBiasesCostFractionBitsInsteadOfOverflowing() {
    Form form = plain(20, 4, 3, 4);
    Twins twins = twins(form, 2, 9);
    io.mcudeploy.operators.CapsuleRouting biased =
        new io.mcudeploy.operators.CapsuleRouting(
            3,
            4,
            2,
            twins.real().squash(),
            SquashOver.VECTOR,
            SoftmaxOver.OUTPUT,
            true,
            false,
            Output.LENGTHS);
    float[] bias = new float[12];
    Arrays.fill(bias, 500);
    float[] weights = ((Tensor.Floats) twins.constants().get(0)).values();
    CapsuleRouting integer =
        CapsuleRouting.of(
            biased, 20, 4, INPUT_SCALE, weights, bias, new float[0], List.of(0.5, 0.5, 0.5));
    assertThat(integer.accumulatorBound()).isLessThan(1L << 31);
    assertThat(integer.run(List.of(twins.capsules().toArray())).get(0)).containsOnly(127);
  }
}

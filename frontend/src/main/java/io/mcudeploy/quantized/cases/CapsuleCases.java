package io.mcudeploy.quantized.cases;

import io.mcudeploy.operators.CapsuleRouting.Output;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.operators.CapsuleRouting.SquashOver;
import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.CapsuleRouting;
import io.mcudeploy.quantized.operators.PredictionRanges;
import io.mcudeploy.quantized.operators.PrimaryCapsules;
import io.mcudeploy.quantized.operators.Squash;
import io.mcudeploy.quantized.operators.Window;
import java.util.Arrays;
import java.util.List;

/** Cases of the capsule operators. */
final class CapsuleCases {
  private static final SquashFunction HINTON = new SquashFunction(SquashFunction.Kind.HINTON, 1e-7);
  private static final SquashFunction HINTON_NORM =
      new SquashFunction(SquashFunction.Kind.HINTON_NORM, 1e-8);
  private static final SquashFunction EFFICIENT =
      new SquashFunction(SquashFunction.Kind.EFFICIENT, 1e-20);

  private CapsuleCases() {}

  static List<OperatorCase> all() {
    return List.of(
        squash("vectors_of_4", HINTON, 9, 4, 1, 0.02, 0),
        squash("vectors_of_8", HINTON_NORM, 7, 8, 1, 0.01, -5),
        squash("vectors_of_3_apart", EFFICIENT, 2, 3, 5, 0.03, 127),
        squash("single_elements", HINTON, 11, 1, 1, 0.05, -128),
        squash("vectors_of_16_apart", HINTON, 1, 16, 3, 0.008, 3),
        squash("vector_of_300", HINTON, 1, 300, 2, 0.004, -7),
        squash("coarse", HINTON, 5, 6, 1, 4, 1),
        squash("fine", EFFICIENT, 5, 6, 1, 1e-4, 0),
        squashZeros(),
        primary("types_of_4", Window.valid(6, 6, 3, 3, 3, 1, 1), 1, 8, 4, false, HINTON, -128),
        primary("types_of_8_relu", Window.valid(7, 5, 4, 3, 3, 2, 2), 1, 16, 8, true, HINTON, 5),
        primary("one_type_of_3", Window.valid(5, 5, 2, 2, 2, 1, 1), 1, 3, 3, false, EFFICIENT, 0),
        primary("padded", ConvolutionCases.same(5, 4, 3, 3, 3, 1, 1), 1, 6, 2, true, HINTON, -20),
        primary("groups_2", Window.valid(5, 5, 4, 3, 3, 2, 2), 2, 8, 4, false, HINTON_NORM, 9),
        primary("kernel_7x7", Window.valid(11, 11, 4, 7, 7, 2, 2), 1, 12, 4, false, HINTON, -128),
        primary("pointwise", Window.valid(3, 3, 16, 1, 1, 1, 1), 1, 10, 5, false, HINTON, 3),
        routing("basic", new Layer(12, 4, 5, 6, 3), HINTON, Extras.NONE),
        routing("odd", new Layer(13, 8, 3, 5, 3), HINTON_NORM, Extras.NONE),
        routing("input_of_6", new Layer(9, 6, 4, 7, 2), EFFICIENT, Extras.NONE),
        routing("input_of_3", new Layer(5, 3, 2, 3, 3), HINTON, Extras.NONE),
        routing("one_output", new Layer(10, 4, 1, 8, 3), HINTON, Extras.NONE),
        routing("one_input", new Layer(1, 4, 6, 4, 3), HINTON, Extras.NONE),
        routing("one_iteration", new Layer(20, 8, 10, 16, 1), HINTON, Extras.NONE),
        routing("four_iterations", new Layer(17, 8, 10, 16, 4), HINTON, Extras.NONE),
        routing("many_inputs", new Layer(300, 4, 10, 6, 3), HINTON, Extras.NONE),
        routing("inputs_by_eight", new Layer(24, 4, 5, 6, 3), HINTON, Extras.NONE),
        routing("inputs_by_eight_primed", new Layer(16, 8, 3, 5, 3), HINTON, Extras.LOGITS),
        routing("inputs_by_eight_biased", new Layer(32, 6, 4, 3, 2), HINTON, Extras.BIAS),
        routing("inputs_by_eight_once", new Layer(16, 2, 7, 4, 1), HINTON, Extras.VECTORS),
        routing("vectors", new Layer(11, 8, 6, 9, 3), HINTON, Extras.VECTORS),
        routing("biased", new Layer(12, 4, 5, 6, 3), HINTON, Extras.BIAS),
        routing("primed", new Layer(12, 4, 5, 6, 3), HINTON, Extras.LOGITS),
        routing("primed_biased", new Layer(7, 5, 3, 4, 1), HINTON, Extras.LOGITS_AND_BIAS),
        routing("over_inputs", new Layer(19, 8, 4, 6, 3), HINTON, Extras.OVER_INPUTS),
        routing("over_inputs_biased", new Layer(16, 4, 3, 5, 2), HINTON, Extras.OVER_INPUTS_BIAS),
        routing("over_inputs_primed", new Layer(21, 4, 3, 5, 2), HINTON, Extras.OVER_INPUTS_LOGITS),
        routing("by_element", new Layer(14, 4, 4, 6, 3), HINTON, Extras.BY_ELEMENT),
        winnerChange("winner_changes", new Layer(16, 4, 4, 6, 3)),
        winnerChange("winner_changes_odd", new Layer(11, 5, 3, 5, 3)));
  }

  /** The sizes of a routing layer: I, Din, J, Dout and the passes. */
  private record Layer(int inputs, int inputDimension, int outputs, int dimension, int passes) {
    int weights() {
      return outputs * inputs * dimension * inputDimension;
    }
  }

  /** What a routing layer has besides the plain form that emits lengths. */
  private enum Extras {
    NONE,
    VECTORS,
    BIAS,
    LOGITS,
    LOGITS_AND_BIAS,
    OVER_INPUTS,
    OVER_INPUTS_BIAS,
    OVER_INPUTS_LOGITS,
    BY_ELEMENT;

    boolean biased() {
      return this == BIAS || this == LOGITS_AND_BIAS || this == OVER_INPUTS_BIAS;
    }

    boolean primed() {
      return this == LOGITS || this == LOGITS_AND_BIAS || this == OVER_INPUTS_LOGITS;
    }

    boolean overInputs() {
      return this == OVER_INPUTS || this == OVER_INPUTS_BIAS || this == OVER_INPUTS_LOGITS;
    }
  }

  private static OperatorCase squash(
      String name,
      SquashFunction function,
      int outer,
      int dimension,
      int inner,
      double scale,
      int zeroPoint) {
    String id = "squash/" + name;
    CaseRandom random = new CaseRandom(id);
    Squash operator =
        Squash.of(function, outer, dimension, inner, new Quantization(scale, zeroPoint));
    return new OperatorCase(id, operator, List.of(random.bytes(outer * dimension * inner)));
  }

  /** Zero vectors and the longest ones. */
  private static OperatorCase squashZeros() {
    Squash operator = Squash.of(HINTON, 3, 4, 1, new Quantization(0.5, -128));
    byte[] x = new byte[12];
    Arrays.fill(x, 0, 4, (byte) -128);
    Arrays.fill(x, 4, 8, (byte) 127);
    Arrays.fill(x, 8, 12, (byte) -127);
    return new OperatorCase("squash/zeros_and_extremes", operator, List.of(Int8Array.of(x)));
  }

  private static OperatorCase primary(
      String name,
      Window window,
      int groups,
      int channels,
      int dimension,
      boolean relu,
      SquashFunction function,
      int zeroPoint) {
    String id = "primary_capsules/" + name;
    CaseRandom random = new CaseRandom(id);
    int terms = window.kernelHeight() * window.kernelWidth() * window.inputChannels() / groups;
    float[] weights = reals(random, channels * terms, 2 / StrictMath.sqrt(terms));
    // Capsule types of different scales, as trained networks have them.
    for (int i = 0; i < weights.length; i++) {
      int type = i / (terms * dimension);
      weights[i] /= 1 + type;
    }
    PrimaryCapsules operator =
        PrimaryCapsules.of(
            window,
            groups,
            new Quantization(0.01, zeroPoint),
            weights,
            reals(random, channels, 0.3),
            relu,
            dimension,
            function);
    return new OperatorCase(id, operator, List.of(random.bytes(window.inputElements())));
  }

  private static OperatorCase routing(
      String name, Layer layer, SquashFunction function, Extras extras) {
    String id = "capsule_routing/" + name;
    CaseRandom random = new CaseRandom(id);
    Int8Array capsules = random.bytes(layer.inputs() * layer.inputDimension(), -90, 90);
    CapsuleRouting operator = layer(layer, function, extras, random, capsules);
    return new OperatorCase(id, operator, List.of(capsules));
  }

  /** Random layers until one whose longest output capsule is another one without routing. */
  private static OperatorCase winnerChange(String name, Layer layer) {
    String id = "capsule_routing/" + name;
    CaseRandom random = new CaseRandom(id);
    Layer unrouted =
        new Layer(layer.inputs(), layer.inputDimension(), layer.outputs(), layer.dimension(), 1);
    while (true) {
      String seed = id + "/" + random.integer(0, Integer.MAX_VALUE);
      CaseRandom drawn = new CaseRandom(seed);
      Int8Array capsules = drawn.bytes(layer.inputs() * layer.inputDimension(), -90, 90);
      CapsuleRouting with = layer(layer, HINTON, Extras.NONE, drawn, capsules);
      CaseRandom again = new CaseRandom(seed);
      again.bytes(layer.inputs() * layer.inputDimension(), -90, 90);
      CapsuleRouting without = layer(unrouted, HINTON, Extras.NONE, again, capsules);
      List<byte[]> inputs = List.of(capsules.toArray());
      if (winner(with.run(inputs).get(0)) != winner(without.run(inputs).get(0))) {
        return new OperatorCase(id, with, List.of(capsules));
      }
    }
  }

  private static int winner(byte[] lengths) {
    int winner = 0;
    for (int j = 1; j < lengths.length; j++) {
      if (lengths[j] > lengths[winner]) {
        winner = j;
      }
    }
    return winner;
  }

  private static CapsuleRouting layer(
      Layer layer, SquashFunction function, Extras extras, CaseRandom random, Int8Array capsules) {
    double inputScale = 1.0 / 128;
    float[] weights =
        reals(
            random, layer.weights(), 8 / StrictMath.sqrt(layer.inputs() * layer.inputDimension()));
    int vectors = layer.outputs() * layer.dimension();
    float[] bias = reals(random, extras.biased() ? vectors : 0, 0.4);
    float[] logits = reals(random, extras.primed() ? layer.outputs() * layer.inputs() : 0, 3);
    PredictionRanges ranges =
        new PredictionRanges(
            weights, layer.outputs(), layer.inputs(), layer.dimension(), layer.inputDimension());
    float[] real = new float[capsules.length()];
    for (int i = 0; i < real.length; i++) {
      real[i] = (float) (capsules.get(i) * inputScale);
    }
    ranges.observe(real);
    io.mcudeploy.operators.CapsuleRouting meaning =
        new io.mcudeploy.operators.CapsuleRouting(
            layer.outputs(),
            layer.dimension(),
            layer.passes(),
            function,
            extras == Extras.BY_ELEMENT ? SquashOver.ELEMENT : SquashOver.VECTOR,
            extras.overInputs() ? SoftmaxOver.INPUT : SoftmaxOver.OUTPUT,
            extras.biased(),
            extras.primed(),
            extras == Extras.VECTORS ? Output.VECTORS : Output.LENGTHS);
    return CapsuleRouting.of(
        meaning,
        layer.inputs(),
        layer.inputDimension(),
        inputScale,
        weights,
        bias,
        logits,
        ranges.ranges());
  }

  private static float[] reals(CaseRandom random, int count, double magnitude) {
    float[] reals = new float[count];
    for (int i = 0; i < count; i++) {
      reals[i] = (float) ((2 * random.fraction() - 1) * magnitude);
    }
    return reals;
  }
}

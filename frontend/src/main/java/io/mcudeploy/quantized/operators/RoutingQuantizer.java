package io.mcudeploy.quantized.operators;

import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.operators.CapsuleRouting.SquashOver;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds the integers of {@link CapsuleRouting#of}, one after another. */
final class RoutingQuantizer {
  /** What the squash leaves over 1 by rounding and interpolation, generously. */
  private static final double LONGEST_VECTOR = 1.01;

  /** Predictions and sums stay below it, which leaves room for halves and biases. */
  private static final long HALF_RANGE = 1L << 30;

  private static final int LOWEST_INT8 = 128;
  private static final int HALF_WORD = 16;

  /** A multiplier of at least this hits a range within 1/128. */
  private static final int FEWEST_STEPS = 64;

  private final io.mcudeploy.operators.CapsuleRouting routing;
  private final int inputCapsules;
  private final int inputDimension;
  private final double inputScale;
  private final float[] weights;
  private final float[] bias;
  private final float[] logits;
  private final int outputCapsules;
  private final double[] predictionScales;

  RoutingQuantizer(
      io.mcudeploy.operators.CapsuleRouting routing,
      int inputCapsules,
      int inputDimension,
      double inputScale,
      float[] weights,
      float[] bias,
      float[] logits) {
    this.routing = routing;
    this.inputCapsules = inputCapsules;
    this.inputDimension = inputDimension;
    this.inputScale = inputScale;
    this.weights = weights;
    this.bias = bias;
    this.logits = logits;
    this.outputCapsules = routing.outputCapsules();
    this.predictionScales = new double[outputCapsules];
  }

  CapsuleRouting quantize(List<Double> ranges) {
    byte[] w = new byte[weights.length];
    int perOutput = weights.length / outputCapsules;
    double[] productScales = new double[outputCapsules];
    for (int j = 0; j < outputCapsules; j++) {
      double weightScale = Capsules.scale(weights, j * perOutput, perOutput);
      productScales[j] = weightScale * inputScale;
      Capsules.quantize(weights, j * perOutput, perOutput, weightScale, w);
    }
    double[] factors = predictionFactors(ranges, productScales);
    int shift = predictionShift(w, factors);
    int[] multipliers = new int[outputCapsules];
    for (int j = 0; j < outputCapsules; j++) {
      multipliers[j] = Math.max(1, (int) Math.rint(Math.scalb(factors[j], shift)));
      // Exactly what the integers do, so that rounding the multiplier costs nothing.
      predictionScales[j] = Math.scalb(productScales[j], shift) / multipliers[j];
    }
    return withRouting(Int8Array.of(w), Int32Array.of(multipliers), shift);
  }

  /** The steps of û for one step of Σ w u. A capsule without predictions gets a small range. */
  private double[] predictionFactors(List<Double> ranges, double[] productScales) {
    Checks.count("prediction ranges", outputCapsules, ranges.size());
    double largest = ranges.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    double[] factors = new double[outputCapsules];
    for (int j = 0; j < outputCapsules; j++) {
      double range = Math.max(ranges.get(j), largest / 1024);
      factors[j] = range > 0 ? productScales[j] * 127 / range : 1;
    }
    return factors;
  }

  /**
   * The shift of a half word, which some cores get for nothing, unless the multipliers would then
   * have too few bits to hit the ranges; less where products would not fit int32.
   */
  private int predictionShift(byte[] w, double[] factors) {
    long[] largest = new long[outputCapsules];
    int rowsOfOutput = w.length / inputDimension / outputCapsules;
    for (int row = 0; row < w.length / inputDimension; row++) {
      long magnitudes = 0;
      for (int e = 0; e < inputDimension; e++) {
        magnitudes += Math.abs(w[row * inputDimension + e]);
      }
      int j = row / rowsOfOutput;
      largest[j] = Math.max(largest[j], magnitudes * LOWEST_INT8);
    }
    double smallest = Arrays.stream(factors).min().orElseThrow();
    int shift = Math.scalb(smallest, HALF_WORD) >= FEWEST_STEPS ? HALF_WORD : 30;
    for (int j = 0; j < outputCapsules; j++) {
      while (shift > 1
          && (Math.scalb(factors[j], shift) > Short.MAX_VALUE
              || largest[j] * Math.max(1, Math.rint(Math.scalb(factors[j], shift))) > HALF_RANGE)) {
        shift--;
      }
    }
    return shift;
  }

  private CapsuleRouting withRouting(Int8Array w, Int32Array multipliers, int shift) {
    double coarsest = Arrays.stream(predictionScales).max().orElseThrow();
    boolean overOutput = routing.softmaxOver() == SoftmaxOver.OUTPUT;
    int shares = overOutput ? outputCapsules : inputCapsules;
    int couplingBits = 14;
    while (couplingBits > 1
        && (((long) inputCapsules * LOWEST_INT8) << couplingBits > HALF_RANGE
            || largestBias(couplingBits, shares) >= HALF_RANGE)) {
      couplingBits--;
    }
    Int32Array firstBias = bias(Math.scalb((double) shares, couplingBits));
    Int32Array otherBias =
        bias(Math.scalb(1.0, overOutput ? couplingBits : CapsuleRouting.MEAN_BIAS_BITS));
    double unit = Math.scalb(coarsest, -couplingBits);
    List<ScaleRatio> firstRatios = new ArrayList<>();
    List<ScaleRatio> ratios = new ArrayList<>();
    for (double scale : predictionScales) {
      firstRatios.add(ScaleRatio.of(scale / coarsest / shares));
      ratios.add(ScaleRatio.of(scale / coarsest));
    }
    long bound =
        CapsuleRouting.sumBound(
            inputCapsules, couplingBits, routing.softmaxOver(), firstBias, otherBias);
    boolean byVector = routing.squashOver() == SquashOver.VECTOR;
    SquashTable table =
        SquashTable.of(
            routing.squash(),
            byVector ? routing.outputDimension() : 1,
            unit,
            Math.min(bound, Integer.MAX_VALUE),
            CapsuleRouting.VECTOR_BITS);
    int logitShift = logitShift(coarsest);
    int agreementShift = agreementShift(coarsest, logitShift);
    int initialShift = initialShift(logitShift);
    return new CapsuleRouting(
        inputCapsules,
        inputDimension,
        outputCapsules,
        routing.outputDimension(),
        routing.iterations(),
        routing.squashOver(),
        routing.softmaxOver(),
        routing.output(),
        w,
        multipliers,
        shift,
        couplingBits,
        firstBias,
        otherBias,
        firstRatios,
        ratios,
        agreementMultipliers(logitShift, agreementShift),
        agreementShift,
        logitShift,
        initialLogits(logitShift, initialShift),
        initialShift,
        exponentials(overOutput ? 15 : couplingBits),
        table);
  }

  /** The largest bias at the scale of any pass's sums. */
  private double largestBias(int couplingBits, int shares) {
    double largest = 0;
    for (int jd = 0; jd < bias.length; jd++) {
      double scale = predictionScales[jd / routing.outputDimension()];
      largest = Math.max(largest, Math.abs(bias[jd]) / scale);
    }
    return Math.scalb(largest * shares, couplingBits);
  }

  private Int32Array bias(double stepsOfPrediction) {
    int[] integers = new int[outputCapsules * routing.outputDimension()];
    for (int jd = 0; jd < bias.length; jd++) {
      double scale = predictionScales[jd / routing.outputDimension()];
      integers[jd] = Capsules.integer(bias[jd] / scale * stepsOfPrediction, HALF_RANGE - 1);
    }
    return Int32Array.of(integers);
  }

  /** The most fraction bits of a sixteenth with which V fits int16 and the logits fit int32. */
  private int logitShift(double coarsest) {
    int sums = Math.max(1, routing.iterations() - 1);
    double largestLogit = 0;
    for (float logit : logits) {
      largestLogit = Math.max(largestLogit, Math.abs(logit));
    }
    int shift = 22;
    while (shift > 1
        && (vectorStep(coarsest, shift) * LONGEST_VECTOR * sums > Short.MAX_VALUE - sums
            || Math.scalb(largestLogit * CapsuleRouting.EXPONENTIALS_PER_UNIT, shift) > 1L << 28)) {
      shift--;
    }
    Checks.require(
        vectorStep(coarsest, shift) * LONGEST_VECTOR * sums <= Short.MAX_VALUE - sums,
        "predictions with steps of " + coarsest + " are too large");
    return shift;
  }

  /** V for a v of 1. */
  private static double vectorStep(double predictionScale, int logitShift) {
    return Math.scalb(predictionScale * CapsuleRouting.EXPONENTIALS_PER_UNIT, logitShift);
  }

  /** The largest shift with which the multipliers fit 16 bits. */
  private static int agreementShift(double coarsest, int logitShift) {
    int shift = 30;
    while (shift > 1
        && Math.scalb(vectorStep(coarsest, logitShift), shift - CapsuleRouting.VECTOR_BITS)
            > 65535) {
      shift--;
    }
    return shift;
  }

  private Int32Array agreementMultipliers(int logitShift, int agreementShift) {
    return Int32Array.of(
        Arrays.stream(predictionScales)
            .mapToInt(
                scale ->
                    (int)
                        Math.rint(
                            Math.scalb(
                                vectorStep(scale, logitShift),
                                agreementShift - CapsuleRouting.VECTOR_BITS)))
            .toArray());
  }

  private int initialShift(int logitShift) {
    int shift = 0;
    for (float logit : logits) {
      while (Math.abs(initialLogit(logit, logitShift, shift)) > Short.MAX_VALUE) {
        shift++;
      }
    }
    return shift;
  }

  private Int32Array initialLogits(int logitShift, int initialShift) {
    int[] integers = new int[logits.length];
    for (int i = 0; i < logits.length; i++) {
      integers[i] = (int) initialLogit(logits[i], logitShift, initialShift);
    }
    return Int32Array.of(integers);
  }

  private static double initialLogit(float logit, int logitShift, int initialShift) {
    return Math.rint(
        Math.scalb(logit * CapsuleRouting.EXPONENTIALS_PER_UNIT, logitShift - initialShift));
  }

  private static Int32Array exponentials(int fractionBits) {
    int[] values = new int[256];
    for (int i = 0; i < values.length; i++) {
      double power = StrictMath.exp(-(double) i / CapsuleRouting.EXPONENTIALS_PER_UNIT);
      values[i] = (int) Math.rint(Math.scalb(power, fractionBits));
    }
    return Int32Array.of(values);
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.operators.CapsuleRouting.Output;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.operators.CapsuleRouting.SquashOver;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Quantization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A layer of capsules with dynamic routing: predictions, all iterations, the last squash and, if
 * asked for, the lengths. Neither logits nor coupling coefficients are stored: after t passes the
 * logits are {@code b_ij = û_ij · (v_j¹ + … + v_jᵗ)} plus the initial ones. docs/SPEC.md,
 * "Capsules", derives the formats and bounds.
 *
 * <pre>
 *   û_ijd = saturate8((Σ_e w_jide u_ie · predictionMultiplier_j + half) >> predictionShift)
 *   first pass, if no initial logits:  s_jd = (Σ_i û_ijd) << couplingBits
 *   other passes:
 *     b_ij  = (initial_ji << initialShift) + Σ_d û_ijd V_jd
 *     e_ij  = exponentials[min(255, (max b − b_ij + half) >> logitShift)]
 *     OUTPUT:  r_i = (2^(16 + couplingBits) + Σ_j e_ij / 2) / Σ_j e_ij,  c_ij = (e_ij r_i + half) >> 16
 *     INPUT:   c_ij = e_ij, and s_j is divided by Σ_i c_ij through its ratio
 *     s_jd  = Σ_i c_ij û_ijd
 *   v_jd  = squash(s_jd + bias_jd), 13 fraction bits
 *   V_jd += (v_jd · agreementMultiplier_j + half) >> agreementShift     (all but the last pass)
 * </pre>
 *
 * @param inputCapsules I, at most 65536
 * @param inputDimension Din; u is [I][Din] int8 with zero point 0
 * @param outputCapsules J
 * @param outputDimension Dout, at most 64
 * @param iterations passes over the predictions
 * @param squashOver whether the table squashes a capsule or each of its elements
 * @param output [J][Dout] at {@link Squash#OUTPUT} or [J] at {@link #outputQuantization}
 * @param weights [J][I][Dout][Din], one scale for each output capsule
 * @param predictionMultipliers one for each output capsule
 * @param couplingBits fraction bits of c, 1..14
 * @param firstBias [J][Dout], the bias at the scale of the first pass's s
 * @param bias [J][Dout], the bias at the scale of the other passes' s; with INPUT at 1/16 of a step
 *     of û, and multiplied by {@code (Σ_i c_ij) >> 4}
 * @param firstRatios one for each output capsule, from the first pass's s to the table's unit
 * @param ratios the same for the other passes
 * @param agreementMultipliers one for each output capsule; they bring the logits of all to one
 *     scale
 * @param initialLogits [J][I] int16, or empty
 * @param exponentials 256 values of exp(−i / 16): 15 fraction bits with OUTPUT, couplingBits with
 *     INPUT
 * @param table its dimension is Dout, or 1 if it squashes elements
 */
public record CapsuleRouting(
    int inputCapsules,
    int inputDimension,
    int outputCapsules,
    int outputDimension,
    int iterations,
    SquashOver squashOver,
    SoftmaxOver softmaxOver,
    Output output,
    Int8Array weights,
    Int32Array predictionMultipliers,
    int predictionShift,
    int couplingBits,
    Int32Array firstBias,
    Int32Array bias,
    List<ScaleRatio> firstRatios,
    List<ScaleRatio> ratios,
    Int32Array agreementMultipliers,
    int agreementShift,
    int logitShift,
    Int32Array initialLogits,
    int initialShift,
    Int32Array exponentials,
    SquashTable table)
    implements IntegerOperator {

  /** Fraction bits of v inside the operator. */
  public static final int VECTOR_BITS = 13;

  /** Entries of the table of exponentials in one unit of the logits. */
  public static final int EXPONENTIALS_PER_UNIT = 16;

  /** The bias of INPUT softmax has this many fraction bits. */
  public static final int MEAN_BIAS_BITS = 4;

  private static final int LOWEST_INT8 = 128;

  public CapsuleRouting {
    firstRatios = List.copyOf(firstRatios);
    ratios = List.copyOf(ratios);
    Checks.positive("input capsules", inputCapsules);
    Checks.positive("input dimension", inputDimension);
    Checks.positive("output capsules", outputCapsules);
    Checks.positive("output dimension", outputDimension);
    Checks.positive("iterations", iterations);
    Checks.require(
        inputCapsules <= 1 << 16 && outputCapsules <= 1 << 14 && outputDimension <= 64,
        "%d capsules to %d of %d elements are too many"
            .formatted(inputCapsules, outputCapsules, outputDimension));
    long pairs = (long) outputCapsules * inputCapsules;
    long elements = (long) outputCapsules * outputDimension;
    Checks.count("weights", pairs * outputDimension * inputDimension, weights.length());
    Checks.count("prediction multipliers", outputCapsules, predictionMultipliers.length());
    Checks.require(predictionShift >= 1 && predictionShift <= 30, "shift " + predictionShift);
    Checks.require(couplingBits >= 1 && couplingBits <= 14, "coupling bits " + couplingBits);
    Checks.count("first biases", elements, firstBias.length());
    Checks.count("biases", elements, bias.length());
    Checks.count("first ratios", outputCapsules, firstRatios.size());
    Checks.count("ratios", outputCapsules, ratios.size());
    Checks.count("agreement multipliers", outputCapsules, agreementMultipliers.length());
    Checks.require(agreementShift >= 1 && agreementShift <= 30, "shift " + agreementShift);
    Checks.require(logitShift >= 1 && logitShift <= 22, "shift " + logitShift);
    Checks.require(
        initialLogits.length() == 0 || initialLogits.length() == pairs, "initial logits");
    Checks.require(initialShift >= 0 && initialShift <= 14, "shift " + initialShift);
    Checks.count("exponentials", 256, exponentials.length());
    Checks.count(
        "elements a squash",
        squashOver == SquashOver.VECTOR ? outputDimension : 1,
        table.dimension());
  }

  /**
   * Quantizes a layer.
   *
   * @param routing its float meaning
   * @param inputScale of the int8 input capsules, whose zero point is 0
   * @param weights [J][I][Dout][Din]
   * @param bias [J][Dout], or empty
   * @param initialLogits [J][I], or empty
   * @param ranges the largest |û| of each output capsule, see {@link PredictionRanges}
   */
  public static CapsuleRouting of(
      io.mcudeploy.operators.CapsuleRouting routing,
      int inputCapsules,
      int inputDimension,
      double inputScale,
      float[] weights,
      float[] bias,
      float[] initialLogits,
      List<Double> ranges) {
    return new RoutingQuantizer(
            routing, inputCapsules, inputDimension, inputScale, weights, bias, initialLogits)
        .quantize(ranges);
  }

  @Override
  public String kind() {
    return "capsule_routing";
  }

  @Override
  public String summary() {
    return "%d capsules of %d -> %d of %d, %d iterations%s%s%s%s"
        .formatted(
            inputCapsules,
            inputDimension,
            outputCapsules,
            outputDimension,
            iterations,
            softmaxOver == SoftmaxOver.INPUT ? ", softmax over the input capsules" : "",
            squashOver == SquashOver.ELEMENT ? ", squashed by element" : "",
            isPrimed() ? ", initial logits" : "",
            output == Output.LENGTHS ? ", lengths" : "");
  }

  /** Whether there are initial logits, so that even the first pass needs the softmax. */
  public boolean isPrimed() {
    return initialLogits.length() > 0;
  }

  /** Passes that compute logits and coupling coefficients. */
  public int routedPasses() {
    return isPrimed() ? iterations : iterations - 1;
  }

  /**
   * How the output stands for real numbers: vectors as {@link Squash#OUTPUT}; lengths of 0..1 use
   * the whole int8 range, real = (integer + 128) / 256. Lengths of capsules squashed by element
   * reach the root of Dout, and get a multiple of 2 of that scale.
   */
  public Quantization outputQuantization() {
    return outputQuantization(output, squashOver, outputDimension);
  }

  /** The same for a layer that is not quantized yet. */
  public static Quantization outputQuantization(io.mcudeploy.operators.CapsuleRouting routing) {
    return outputQuantization(routing.output(), routing.squashOver(), routing.outputDimension());
  }

  private static Quantization outputQuantization(
      Output output, SquashOver squashOver, int outputDimension) {
    return output == Output.VECTORS
        ? Squash.OUTPUT
        : new Quantization(Math.scalb(1.0, lengthOctaves(squashOver, outputDimension) - 8), -128);
  }

  /** The binary logarithm of the longest possible v, rounded up. */
  public int lengthOctaves() {
    return lengthOctaves(squashOver, outputDimension);
  }

  private static int lengthOctaves(SquashOver squashOver, int outputDimension) {
    int octaves = 0;
    while (squashOver == SquashOver.ELEMENT && 1L << (2 * octaves) < outputDimension) {
      octaves++;
    }
    return octaves;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] capsules = inputs.get(0);
    Checks.count("input elements", (long) inputCapsules * inputDimension, capsules.length);
    byte[] predictions = predictions(capsules);
    int[] agreement = new int[outputCapsules * outputDimension];
    int[] vectors = new int[outputCapsules * outputDimension];
    for (int pass = 0; pass < iterations; pass++) {
      boolean uniform = pass == 0 && !isPrimed();
      if (pass > 0) {
        addAgreement(vectors, agreement);
      }
      if (uniform) {
        squash(uniformSums(predictions), firstRatios, vectors);
      } else if (softmaxOver == SoftmaxOver.OUTPUT) {
        squash(sumsOverOutputs(predictions, agreement), ratios, vectors);
      } else {
        routeOverInputs(predictions, agreement, vectors);
      }
    }
    return List.of(output == Output.LENGTHS ? lengths(vectors) : bytes(vectors));
  }

  /** û as [I][J][Dout]. */
  private byte[] predictions(byte[] capsules) {
    byte[] w = weights.toArray();
    byte[] predictions = new byte[inputCapsules * outputCapsules * outputDimension];
    int half = 1 << (predictionShift - 1);
    int row = 0;
    for (int j = 0; j < outputCapsules; j++) {
      int multiplier = predictionMultipliers.get(j);
      for (int i = 0; i < inputCapsules; i++) {
        for (int d = 0; d < outputDimension; d++) {
          int sum = 0;
          for (int e = 0; e < inputDimension; e++) {
            sum += w[row++] * capsules[i * inputDimension + e];
          }
          predictions[(i * outputCapsules + j) * outputDimension + d] =
              Capsules.saturate8((sum * multiplier + half) >> predictionShift);
        }
      }
    }
    return predictions;
  }

  private int[] uniformSums(byte[] predictions) {
    int[] sums = new int[outputCapsules * outputDimension];
    for (int at = 0; at < predictions.length; at++) {
      sums[at % sums.length] += predictions[at];
    }
    for (int jd = 0; jd < sums.length; jd++) {
      sums[jd] = (sums[jd] << couplingBits) + firstBias.get(jd);
    }
    return sums;
  }

  private int[] sumsOverOutputs(byte[] predictions, int[] agreement) {
    int[] sums = bias.toArray();
    int[] logits = new int[outputCapsules];
    int[] powers = new int[outputCapsules];
    for (int i = 0; i < inputCapsules; i++) {
      int from = i * sums.length;
      int largest = Integer.MIN_VALUE;
      for (int j = 0; j < outputCapsules; j++) {
        logits[j] = logit(predictions, agreement, i, j);
        largest = Math.max(largest, logits[j]);
      }
      int total = 0;
      for (int j = 0; j < outputCapsules; j++) {
        powers[j] = exponential(largest - logits[j]);
        total += powers[j];
      }
      int reciprocal = ((1 << (16 + couplingBits)) + (total >> 1)) / total;
      for (int j = 0; j < outputCapsules; j++) {
        int coupling = (powers[j] * reciprocal + (1 << 15)) >> 16;
        for (int jd = j * outputDimension; jd < (j + 1) * outputDimension; jd++) {
          sums[jd] += coupling * predictions[from + jd];
        }
      }
    }
    return sums;
  }

  /** One output capsule after another, since each has a softmax of its own. */
  private void routeOverInputs(byte[] predictions, int[] agreement, int[] vectors) {
    int[] sums = new int[outputCapsules * outputDimension];
    List<ScaleRatio> means = new ArrayList<>();
    for (int j = 0; j < outputCapsules; j++) {
      int largest = Integer.MIN_VALUE;
      for (int i = 0; i < inputCapsules; i++) {
        largest = Math.max(largest, logit(predictions, agreement, i, j));
      }
      int total = 0;
      for (int i = 0; i < inputCapsules; i++) {
        int coupling = exponential(largest - logit(predictions, agreement, i, j));
        total += coupling;
        for (int jd = j * outputDimension; jd < (j + 1) * outputDimension; jd++) {
          sums[jd] += coupling * predictions[i * sums.length + jd];
        }
      }
      for (int jd = j * outputDimension; jd < (j + 1) * outputDimension; jd++) {
        sums[jd] += (total >> MEAN_BIAS_BITS) * bias.get(jd);
      }
      means.add(mean(ratios.get(j), total));
    }
    squash(sums, means, vectors);
  }

  /** The ratio that also divides by {@code total / 2^couplingBits}. */
  private ScaleRatio mean(ScaleRatio ratio, int total) {
    int zeros = Integer.numberOfLeadingZeros(total);
    int mantissa = (total << zeros) >>> 16;
    int reciprocal = (1 << 30) / mantissa;
    return new ScaleRatio(
        (ratio.multiplier() * reciprocal) >> 15, ratio.shift() + 31 - zeros - couplingBits);
  }

  private int logit(byte[] predictions, int[] agreement, int i, int j) {
    int logit = isPrimed() ? initialLogits.get(j * inputCapsules + i) << initialShift : 0;
    int from = i * agreement.length;
    for (int jd = j * outputDimension; jd < (j + 1) * outputDimension; jd++) {
      logit += predictions[from + jd] * agreement[jd];
    }
    return logit;
  }

  private int exponential(int distance) {
    return exponentials.get(Math.min(255, (distance + (1 << (logitShift - 1))) >> logitShift));
  }

  private void squash(int[] sums, List<ScaleRatio> scales, int[] vectors) {
    int dimension = table.dimension();
    int[] squashed = new int[dimension];
    for (int from = 0; from < sums.length; from += dimension) {
      table.squash(sums, from, 1, scales.get(from / outputDimension), VECTOR_BITS, squashed);
      System.arraycopy(squashed, 0, vectors, from, dimension);
    }
  }

  private void addAgreement(int[] vectors, int[] agreement) {
    int half = 1 << (agreementShift - 1);
    for (int jd = 0; jd < vectors.length; jd++) {
      int multiplier = agreementMultipliers.get(jd / outputDimension);
      agreement[jd] += (vectors[jd] * multiplier + half) >> agreementShift;
    }
  }

  private static byte[] bytes(int[] vectors) {
    byte[] bytes = new byte[vectors.length];
    int drop = VECTOR_BITS - Squash.FRACTION_BITS;
    for (int jd = 0; jd < vectors.length; jd++) {
      bytes[jd] = Capsules.saturate8((vectors[jd] + (1 << (drop - 1))) >> drop);
    }
    return bytes;
  }

  private byte[] lengths(int[] vectors) {
    byte[] lengths = new byte[outputCapsules];
    int drop = VECTOR_BITS - 8 + lengthOctaves();
    for (int j = 0; j < outputCapsules; j++) {
      int squares = 0;
      for (int jd = j * outputDimension; jd < (j + 1) * outputDimension; jd++) {
        squares += vectors[jd] * vectors[jd];
      }
      int length = Capsules.squareRoot(squares);
      lengths[j] = Capsules.saturate8(((length + (1 << (drop - 1))) >> drop) - 128);
    }
    return lengths;
  }

  /** The prediction, and per pass a weighted sum, plus an agreement between two passes. */
  @Override
  public long macs() {
    long predictions = (long) inputCapsules * outputCapsules * outputDimension;
    return predictions * (inputDimension + 2L * iterations - 1);
  }

  /** Biases and logits count only where there are any. */
  @Override
  public long parameterBytes() {
    boolean biased =
        Arrays.stream(bias.toArray()).anyMatch(each -> each != 0)
            || Arrays.stream(firstBias.toArray()).anyMatch(each -> each != 0);
    return weights.length()
        + 2L * initialLogits.length()
        + (biased ? 8L * bias.length() : 0)
        + outputCapsules * (4L + 4L + 3L + 3L)
        + 2L * exponentials.length()
        + table.bytes();
  }

  /** The largest of: predictions before their shift, sums, squash, logits. */
  @Override
  public long accumulatorBound() {
    long bound = Math.max(predictionBound(), sumBound());
    bound = Math.max(bound, Capsules.SQUASH_PRODUCT_BOUND);
    return Math.max(bound, logitDistanceBound());
  }

  /** The largest |Σ_e w u · multiplier| + half. */
  public long predictionBound() {
    byte[] w = weights.toArray();
    long largest = 0;
    int rowsOfOutput = inputCapsules * outputDimension;
    for (int row = 0; row < w.length / inputDimension; row++) {
      long magnitudes = 0;
      for (int e = 0; e < inputDimension; e++) {
        magnitudes += Math.abs(w[row * inputDimension + e]);
      }
      long multiplier = predictionMultipliers.get(row / rowsOfOutput);
      largest = Math.max(largest, magnitudes * LOWEST_INT8 * multiplier);
    }
    return largest + (1L << (predictionShift - 1));
  }

  /** The largest |s|, bias included: Σ_i c_ij is at most I · 2^couplingBits. */
  public long sumBound() {
    return sumBound(inputCapsules, couplingBits, softmaxOver, firstBias, bias);
  }

  /** The largest difference of two logits, with the half that is added. */
  public long logitDistanceBound() {
    long initial = 0;
    for (int i = 0; i < initialLogits.length(); i++) {
      initial = Math.max(initial, Math.abs((long) initialLogits.get(i) << initialShift));
    }
    return 2 * (initial + outputDimension * (long) LOWEST_INT8 * Short.MAX_VALUE)
        + (1L << (logitShift - 1));
  }

  /** {@link #sumBound()} of a layer that is not yet complete. */
  static long sumBound(
      int inputCapsules,
      int couplingBits,
      SoftmaxOver softmaxOver,
      Int32Array firstBias,
      Int32Array bias) {
    long weight = (long) inputCapsules << couplingBits;
    long largest = 0;
    for (int jd = 0; jd < bias.length(); jd++) {
      long first = Math.abs((long) firstBias.get(jd));
      long other = Math.abs((long) bias.get(jd));
      long added = softmaxOver == SoftmaxOver.OUTPUT ? other : (weight >> MEAN_BIAS_BITS) * other;
      largest = Math.max(largest, Math.max(first, added));
    }
    return weight * LOWEST_INT8 + largest;
  }
}

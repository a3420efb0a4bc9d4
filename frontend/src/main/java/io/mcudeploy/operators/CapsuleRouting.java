package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * A whole layer of capsules with dynamic routing (Sabour, Frosst and Hinton, "Dynamic routing
 * between capsules", 2017). With I input capsules u_i of Din elements and J output capsules of Dout
 * elements:
 *
 * <pre>
 *   û_ij = W_ji · u_i                         the predictions
 *   b_ij = initial logits, or 0
 *   repeat `iterations` times:
 *     c    = softmax of b over `softmaxOver`  the coupling coefficients
 *     v_j  = squash(Σ_i c_ij û_ij + bias_j)
 *     b_ij = b_ij + û_ij · v_j                the agreement (idle after the last pass)
 * </pre>
 *
 * <p>Inputs: u [1, I, Din]; W [J, I, Dout, Din]; the bias [J, Dout] if {@code biased}; the initial
 * logits [J, I] if {@code primed}. Output: v [1, J, Dout], or its lengths [1, J].
 *
 * @param outputCapsules J
 * @param outputDimension Dout
 * @param iterations passes over the predictions, at least 1
 * @param squash applied after every pass
 * @param squashOver what it is applied to
 * @param softmaxOver which coupling coefficients sum up to 1
 * @param biased whether there is a bias
 * @param primed whether there are learned initial logits
 * @param output what the next layer gets
 */
public record CapsuleRouting(
    int outputCapsules,
    int outputDimension,
    int iterations,
    SquashFunction squash,
    SquashOver squashOver,
    SoftmaxOver softmaxOver,
    boolean biased,
    boolean primed,
    Output output)
    implements Operator {

  /** Whose length the squash function sees. */
  public enum SquashOver {
    /** The capsule's vector, as published. */
    VECTOR,
    /** Each element by itself, as in networks that squash along an axis of extent 1. */
    ELEMENT
  }

  /** The capsules among which the softmax divides. */
  public enum SoftmaxOver {
    /** Σ_j c_ij = 1: each input capsule divides itself among the output capsules, as published. */
    OUTPUT,
    /** Σ_i c_ij = 1: each output capsule takes a weighted mean of its predictions. */
    INPUT
  }

  /** What leaves the layer. */
  public enum Output {
    /** The capsule vectors v. */
    VECTORS,
    /** The Euclidean lengths of v. */
    LENGTHS
  }

  public CapsuleRouting {
    if (outputCapsules < 1 || outputDimension < 1 || iterations < 1) {
      throw new IllegalArgumentException(
          "%d capsules of %d elements, %d iterations"
              .formatted(outputCapsules, outputDimension, iterations));
    }
  }

  @Override
  public String kind() {
    return "CapsuleRouting";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    int expected = 2 + (biased ? 1 : 0) + (primed ? 1 : 0);
    if (inputs.size() != expected) {
      throw new IllegalArgumentException(
          "CapsuleRouting takes " + expected + " inputs here, not " + inputs.size());
    }
    Shape capsules = inputs.get(0).shape();
    if (capsules.rank() != 3 || capsules.extent(0) != 1) {
      throw new IllegalArgumentException("input capsules of shape " + capsules);
    }
    int count = capsules.extent(1);
    require("capsules", inputs.get(0), capsules);
    require(
        "weights",
        inputs.get(1),
        Shape.of(outputCapsules, count, outputDimension, capsules.extent(2)));
    if (biased) {
      require("bias", inputs.get(2), Shape.of(outputCapsules, outputDimension));
    }
    if (primed) {
      require("initial logits", inputs.get(inputs.size() - 1), Shape.of(outputCapsules, count));
    }
    return List.of(
        TensorType.floats(
            output == Output.LENGTHS
                ? Shape.of(1, outputCapsules)
                : Shape.of(1, outputCapsules, outputDimension)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    int inputCapsules = inputs.get(0).shape().extent(1);
    double[] predictions = predict(inputs.get(0), inputs.get(1));
    double[] logits = new double[outputCapsules * inputCapsules];
    if (primed) {
      copy(inputs.get(inputs.size() - 1), logits);
    }
    double[] bias = new double[outputCapsules * outputDimension];
    if (biased) {
      copy(inputs.get(2), bias);
    }
    double[] vectors = pass(predictions, logits, bias);
    for (int iteration = 1; iteration < iterations; iteration++) {
      addAgreement(predictions, vectors, logits);
      vectors = pass(predictions, logits, bias);
    }
    return List.of(output == Output.LENGTHS ? lengths(vectors) : floats(vectors));
  }

  /** The prediction, and per pass a weighted sum, plus an agreement between two passes. */
  @Override
  public long macs(List<TensorType> inputs) {
    long predictions = (long) outputCapsules * inputs.get(0).shape().extent(1) * outputDimension;
    return predictions * (inputs.get(0).shape().extent(2) + 2L * iterations - 1);
  }

  /** û as [J, I, Dout]. */
  private static double[] predict(Tensor capsules, Tensor weights) {
    float[] u = ((Tensor.Floats) capsules).values();
    float[] w = ((Tensor.Floats) weights).values();
    int inputDimension = weights.shape().extent(3);
    int rowsPerInput = weights.shape().extent(2);
    double[] predictions = new double[w.length / inputDimension];
    for (int row = 0; row < predictions.length; row++) {
      int capsule = row / rowsPerInput * inputDimension % u.length;
      double sum = 0;
      for (int d = 0; d < inputDimension; d++) {
        sum += (double) w[row * inputDimension + d] * u[capsule + d];
      }
      predictions[row] = sum;
    }
    return predictions;
  }

  /** One iteration up to the squashed vectors [J, Dout]; the logits are [J, I]. */
  private double[] pass(double[] predictions, double[] logits, double[] bias) {
    double[] coupling =
        softmaxOver == SoftmaxOver.OUTPUT
            ? softmax(logits, outputCapsules, logits.length / outputCapsules)
            : softmax(logits, logits.length / outputCapsules, 1);
    double[] vectors = bias.clone();
    int inputCapsules = logits.length / outputCapsules;
    for (int pair = 0; pair < coupling.length; pair++) {
      int vector = pair / inputCapsules * outputDimension;
      for (int d = 0; d < outputDimension; d++) {
        vectors[vector + d] += coupling[pair] * predictions[pair * outputDimension + d];
      }
    }
    int length = squashOver == SquashOver.VECTOR ? outputDimension : 1;
    for (int start = 0; start < vectors.length; start += length) {
      squash.apply(vectors, start, 1, length);
    }
    return vectors;
  }

  private void addAgreement(double[] predictions, double[] vectors, double[] logits) {
    int inputCapsules = logits.length / outputCapsules;
    for (int pair = 0; pair < logits.length; pair++) {
      int vector = pair / inputCapsules * outputDimension;
      for (int d = 0; d < outputDimension; d++) {
        logits[pair] += predictions[pair * outputDimension + d] * vectors[vector + d];
      }
    }
  }

  /** Softmax of each group of {@code count} elements that lie {@code stride} apart. */
  private static double[] softmax(double[] logits, int count, int stride) {
    double[] result = new double[logits.length];
    for (int start = 0; start < logits.length; start++) {
      boolean firstOfGroup = start / stride % count == 0;
      if (!firstOfGroup) {
        continue;
      }
      double max = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < count; k++) {
        max = Math.max(max, logits[start + k * stride]);
      }
      double sum = 0;
      for (int k = 0; k < count; k++) {
        double exponential = StrictMath.exp(logits[start + k * stride] - max);
        result[start + k * stride] = exponential;
        sum += exponential;
      }
      for (int k = 0; k < count; k++) {
        result[start + k * stride] /= sum;
      }
    }
    return result;
  }

  private Tensor lengths(double[] vectors) {
    float[] lengths = new float[outputCapsules];
    for (int j = 0; j < outputCapsules; j++) {
      double squares = 0;
      for (int d = 0; d < outputDimension; d++) {
        double element = vectors[j * outputDimension + d];
        squares += element * element;
      }
      lengths[j] = (float) Math.sqrt(squares);
    }
    return new Tensor.Floats(Shape.of(1, outputCapsules), lengths);
  }

  private Tensor floats(double[] vectors) {
    float[] values = new float[vectors.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) vectors[i];
    }
    return new Tensor.Floats(Shape.of(1, outputCapsules, outputDimension), values);
  }

  private static void copy(Tensor from, double[] to) {
    float[] values = ((Tensor.Floats) from).values();
    for (int i = 0; i < to.length; i++) {
      to[i] = values[i];
    }
  }

  private static void require(String what, TensorType actual, Shape expected) {
    if (!actual.equals(TensorType.floats(expected))) {
      throw new IllegalArgumentException(
          "CapsuleRouting needs " + what + " of shape " + expected + ", not " + actual);
    }
  }
}

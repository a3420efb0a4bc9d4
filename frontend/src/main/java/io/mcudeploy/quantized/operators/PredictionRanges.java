package io.mcudeploy.quantized.operators;

import java.util.Arrays;
import java.util.List;

/**
 * The largest predictions |û_ij| of each output capsule over calibration samples: the one thing
 * that {@link CapsuleRouting#of} needs and no tensor of the network shows. The plain maximum is
 * right here; clipping rare large predictions was measured to cost accuracy, since they decide the
 * routing.
 */
public final class PredictionRanges {
  private final float[] weights;
  private final int inputDimension;
  private final int rowsOfOutput;
  private final double[] largest;

  /**
   * @param weights [J][I][Dout][Din]
   */
  public PredictionRanges(
      float[] weights,
      int outputCapsules,
      int inputCapsules,
      int outputDimension,
      int inputDimension) {
    Checks.count(
        "weights",
        (long) outputCapsules * inputCapsules * outputDimension * inputDimension,
        weights.length);
    this.weights = weights.clone();
    this.inputDimension = inputDimension;
    this.rowsOfOutput = inputCapsules * outputDimension;
    this.largest = new double[outputCapsules];
  }

  /** Takes one sample's input capsules [I][Din] into account. */
  public void observe(float[] capsules) {
    int rowsOfInput = rowsOfOutput / (capsules.length / inputDimension);
    for (int row = 0; row < weights.length / inputDimension; row++) {
      int from = row % rowsOfOutput / rowsOfInput * inputDimension;
      double sum = 0;
      for (int d = 0; d < inputDimension; d++) {
        sum += (double) weights[row * inputDimension + d] * capsules[from + d];
      }
      int output = row / rowsOfOutput;
      largest[output] = Math.max(largest[output], Math.abs(sum));
    }
  }

  /** One range for each output capsule; 0 if every prediction was. */
  public List<Double> ranges() {
    return Arrays.stream(largest).boxed().toList();
  }
}

package io.mcudeploy.evaluation;

import java.util.Collection;

/**
 * How far integers stand from the real numbers they stand for.
 *
 * @param signal sum of the squares of the right values
 * @param noise sum of the squares of the errors
 */
public record SignalToNoise(double signal, double noise) {
  /** Nothing compared yet. */
  public static final SignalToNoise NONE = new SignalToNoise(0, 0);

  /** Ratios beyond this are as good as exact. */
  private static final double MOST_DECIBELS = 200;

  /** Of two tensors of as many elements. */
  public static SignalToNoise of(float[] wanted, float[] got) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < wanted.length; i++) {
      double error = (double) got[i] - wanted[i];
      signal += (double) wanted[i] * wanted[i];
      noise += error * error;
    }
    return new SignalToNoise(signal, noise);
  }

  /** Of all that two were measured on. */
  public SignalToNoise plus(SignalToNoise other) {
    return new SignalToNoise(signal + other.signal, noise + other.noise);
  }

  /** Of several outputs: that of the worst. */
  public static SignalToNoise worst(Collection<SignalToNoise> outputs) {
    return outputs.stream().min((a, b) -> Double.compare(a.decibels(), b.decibels())).orElse(NONE);
  }

  /**
   * SQNR, the signal to quantization noise ratio: 10 · log10(signal / noise), −200 to 200. Each bit
   * is worth about 6 dB.
   */
  public double decibels() {
    if (noise == 0) {
      return MOST_DECIBELS;
    }
    double ratio = 10 * StrictMath.log10(signal / noise);
    return Math.max(-MOST_DECIBELS, Math.min(MOST_DECIBELS, ratio));
  }
}

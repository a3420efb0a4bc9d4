package io.mcudeploy.operators;

/**
 * A clamp that a layer applies to its results.
 *
 * @param low the least result, may be negative infinity
 * @param high the greatest result, may be positive infinity
 */
public record Activation(double low, double high) {
  /** Leaves the results alone. */
  public static final Activation NONE =
      new Activation(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  /** Replaces negative results by zero. */
  public static final Activation RELU = new Activation(0, Double.POSITIVE_INFINITY);

  public Activation {
    if (Double.isNaN(low) || Double.isNaN(high) || low > high) {
      throw new IllegalArgumentException("no clamp from " + low + " to " + high);
    }
    // So that the clamps from 0 and from -0 are equal.
    low += 0.0;
    high += 0.0;
  }

  /** The clamp that this one and then {@code next} amount to. */
  public Activation then(Activation next) {
    return new Activation(
        Math.max(next.low, Math.min(next.high, low)),
        Math.max(next.low, Math.min(next.high, high)));
  }

  /** The clamped number; NaN stays NaN. */
  public float apply(float value) {
    return (float) Math.max(low, Math.min(high, value));
  }

  /** Clamps every element in place. */
  void applyTo(float[] values) {
    if (equals(NONE)) {
      return;
    }
    float least = (float) low;
    float greatest = (float) high;
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(least, Math.min(greatest, values[i]));
    }
  }

  /** As {@code relu}, {@code [0, 6]}, or {@code none}. */
  @Override
  public String toString() {
    if (equals(NONE)) {
      return "none";
    }
    return equals(RELU) ? "relu" : "[" + low + ", " + high + "]";
  }
}

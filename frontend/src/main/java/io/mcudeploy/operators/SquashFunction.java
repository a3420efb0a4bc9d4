package io.mcudeploy.operators;

/**
 * The non-linearity of capsules: shortens a vector x to a length below 1 and keeps its direction,
 * {@code squash(x) = x · factor(|x|²)}. First described by Sabour, Frosst and Hinton, "Dynamic
 * routing between capsules", 2017; public code computes it in the three ways of {@link Kind}, which
 * differ near zero.
 *
 * @param epsilon what the implementation adds against a division by zero, often 0; where it is
 *     added depends on the kind
 */
public record SquashFunction(Kind kind, double epsilon) {

  /** How the factor follows from t = |x|² and n = |x|. */
  public enum Kind {
    /** t / (1 + t) / sqrt(t + epsilon). */
    HINTON,
    /** t / (1 + t) / (n + epsilon). */
    HINTON_NORM,
    /**
     * (1 - 1 / (exp(n) + epsilon)) / (n + epsilon), as in Efficient-CapsNet (Mazzia et al. 2021).
     */
    EFFICIENT
  }

  public SquashFunction {
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw new IllegalArgumentException("a squash epsilon of " + epsilon);
    }
  }

  /**
   * What each element of a vector is multiplied with. The same on every machine ({@link
   * StrictMath}), since tables in firmware are computed from it.
   *
   * @param squaredNorm the sum of the vector's squares, finite and at least 0
   * @return at least 0; 0 for the zero vector, where the formulas without epsilon are undefined, so
   *     that it stays zero
   */
  public double factor(double squaredNorm) {
    if (squaredNorm == 0) {
      return 0;
    }
    double norm = StrictMath.sqrt(squaredNorm);
    return switch (kind) {
      case HINTON -> squaredNorm / (1 + squaredNorm) / StrictMath.sqrt(squaredNorm + epsilon);
      case HINTON_NORM -> squaredNorm / (1 + squaredNorm) / (norm + epsilon);
      case EFFICIENT -> {
        // Expanded by exp(-n): neither overflows for long vectors nor cancels for short ones.
        double decay = epsilon * StrictMath.exp(-norm);
        yield (decay - StrictMath.expm1(-norm)) / (1 + decay) / (norm + epsilon);
      }
    };
  }

  /**
   * Squashes one vector in place.
   *
   * @param values holds the vector
   * @param offset of its first element
   * @param stride between its elements
   * @param length how many they are
   */
  void apply(double[] values, int offset, int stride, int length) {
    double squaredNorm = 0;
    for (int d = 0, at = offset; d < length; d++, at += stride) {
      squaredNorm += values[at] * values[at];
    }
    double factor = factor(squaredNorm);
    for (int d = 0, at = offset; d < length; d++, at += stride) {
      values[at] *= factor;
    }
  }
}

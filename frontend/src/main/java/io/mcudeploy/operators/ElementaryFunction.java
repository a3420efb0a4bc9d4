package io.mcudeploy.operators;

import java.util.function.DoubleUnaryOperator;

/** The functions of one number that have no parameters. */
public enum ElementaryFunction implements UnaryFunction {
  ABS("Abs", Math::abs),
  NEG("Neg", x -> -x),
  SIGN("Sign", Math::signum),
  FLOOR("Floor", Math::floor),
  CEIL("Ceil", Math::ceil),
  /** Half to even. */
  ROUND("Round", Math::rint),
  RECIPROCAL("Reciprocal", x -> 1 / x),
  SQRT("Sqrt", Math::sqrt),
  EXP("Exp", StrictMath::exp),
  LOG("Log", StrictMath::log),
  SIN("Sin", StrictMath::sin),
  COS("Cos", StrictMath::cos),
  TANH("Tanh", StrictMath::tanh),
  ERF("Erf", ElementaryFunction::erf),
  SIGMOID("Sigmoid", x -> 1 / (1 + StrictMath.exp(-x))),
  /** {@code log(1 + exp(x))}, written so that large x do not overflow. */
  SOFTPLUS("Softplus", ElementaryFunction::softplus),
  SOFTSIGN("Softsign", x -> x / (1 + Math.abs(x))),
  HARD_SWISH("HardSwish", x -> x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  MISH("Mish", x -> x * StrictMath.tanh(softplus(x))),
  GELU("Gelu", x -> 0.5 * x * (1 + erf(x / Math.sqrt(2)))),
  /** The approximation of Gelu by a hyperbolic tangent. */
  GELU_TANH(
      "GeluTanh",
      x -> 0.5 * x * (1 + StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));

  private final String kind;

  @SuppressWarnings("ImmutableEnumChecker") // No lambda above captures anything.
  private final DoubleUnaryOperator function;

  ElementaryFunction(String kind, DoubleUnaryOperator function) {
    this.kind = kind;
    this.function = function;
  }

  @Override
  public double apply(double x) {
    return function.applyAsDouble(x);
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public boolean keepsIntegers() {
    return compareTo(ROUND) <= 0;
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(Math.exp(-Math.abs(x)));
  }

  /**
   * The error function: its Maclaurin series where that converges fast without cancellation, else a
   * continued fraction of its complement. Relative error below 1e-12.
   */
  private static double erf(double x) {
    double z = Math.abs(x);
    if (Double.isNaN(z) || z > 6) {
      return z > 6 ? Math.signum(x) : x;
    }
    if (z < 2.5) {
      // erf z = 2/sqrt(pi) exp(-z^2) sum of 2^n z^(2n+1) / (2n+1)!!; every term is positive.
      double term = z;
      double sum = z;
      for (int n = 1; term > 1e-17 * sum; n++) {
        term *= 2 * z * z / (2 * n + 1);
        sum += term;
      }
      return Math.copySign(2 / Math.sqrt(Math.PI) * StrictMath.exp(-z * z) * sum, x);
    }
    // erfc z = exp(-z^2) / sqrt(pi) / (z + (1/2) / (z + (2/2) / (z + (3/2) / (z + ...))))
    double fraction = z;
    for (int n = 60; n >= 1; n--) {
      fraction = z + n / 2.0 / fraction;
    }
    return Math.copySign(1 - StrictMath.exp(-z * z) / Math.sqrt(Math.PI) / fraction, x);
  }
}

package io.mcudeploy.operators;

/** What {@link Unary} does with each number. Implementations have value equality. */
public sealed interface UnaryFunction
    permits ElementaryFunction,
        UnaryFunction.Clamp,
        UnaryFunction.LeakyRelu,
        UnaryFunction.Elu,
        UnaryFunction.Selu,
        UnaryFunction.Celu,
        UnaryFunction.Bipolar,
        UnaryFunction.Truncate,
        UnaryFunction.HardSigmoid,
        UnaryFunction.ThresholdedRelu,
        UnaryFunction.Shrink,
        UnaryFunction.Swish,
        UnaryFunction.FakeQuantize {

  /** The result for one real number. */
  double apply(double x);

  /** The name of the operator in listings, such as {@code Relu}. */
  String kind();

  /** Whether integers become integers, so that the function also applies to integer tensors. */
  default boolean keepsIntegers() {
    return false;
  }

  /** The nearest number within fixed limits. */
  record Clamp(Activation activation) implements UnaryFunction {
    /** Replaces negative numbers by zero. */
    public static final Clamp RELU = new Clamp(Activation.RELU);

    @Override
    public double apply(double x) {
      return Math.max(activation.low(), Math.min(activation.high(), x));
    }

    @Override
    public String kind() {
      return activation.equals(Activation.RELU) ? "Relu" : "Clip";
    }

    @Override
    public boolean keepsIntegers() {
      return true;
    }
  }

  /** {@code alpha * x} for negative x, else x. */
  record LeakyRelu(double alpha) implements UnaryFunction {
    @Override
    public double apply(double x) {
      return x < 0 ? alpha * x : x;
    }

    @Override
    public String kind() {
      return "LeakyRelu";
    }
  }

  /** {@code alpha * (exp(x) - 1)} for negative x, else x. */
  record Elu(double alpha) implements UnaryFunction {
    @Override
    public double apply(double x) {
      return x < 0 ? alpha * StrictMath.expm1(x) : x;
    }

    @Override
    public String kind() {
      return "Elu";
    }
  }

  /** {@code gamma * alpha * (exp(x) - 1)} for negative x, else {@code gamma * x}. */
  record Selu(double alpha, double gamma) implements UnaryFunction {
    @Override
    public double apply(double x) {
      return gamma * (x < 0 ? alpha * StrictMath.expm1(x) : x);
    }

    @Override
    public String kind() {
      return "Selu";
    }
  }

  /** {@code alpha * (exp(x / alpha) - 1)} for negative x, else x. */
  record Celu(double alpha) implements UnaryFunction {
    @Override
    public double apply(double x) {
      return x < 0 ? alpha * StrictMath.expm1(x / alpha) : x;
    }

    @Override
    public String kind() {
      return "Celu";
    }
  }

  /** {@code alpha * x + beta}, clamped to 0..1. */
  record HardSigmoid(double alpha, double beta) implements UnaryFunction {
    @Override
    public double apply(double x) {
      return Math.max(0, Math.min(1, alpha * x + beta));
    }

    @Override
    public String kind() {
      return "HardSigmoid";
    }
  }

  /** x above alpha, else 0. */
  record ThresholdedRelu(double alpha) implements UnaryFunction {
    @Override
    public double apply(double x) {
      return x > alpha ? x : 0;
    }

    @Override
    public String kind() {
      return "ThresholdedRelu";
    }
  }

  /** Without its middle: {@code x + bias} below −lambda, {@code x - bias} above lambda, else 0. */
  record Shrink(double lambda, double bias) implements UnaryFunction {
    @Override
    public double apply(double x) {
      return x < -lambda ? x + bias : x > lambda ? x - bias : 0;
    }

    @Override
    public String kind() {
      return "Shrink";
    }
  }

  /** {@code x * sigmoid(alpha * x)}. */
  record Swish(double alpha) implements UnaryFunction {
    @Override
    public double apply(double x) {
      return x * ElementaryFunction.SIGMOID.apply(alpha * x);
    }

    @Override
    public String kind() {
      return "Swish";
    }
  }

  /**
   * The nearest number of a grid, as seen by what follows: a number is quantized and dequantized.
   * Single precision, as ONNX Runtime and the exporters' frameworks compute it.
   *
   * @param scale distance of neighbours; positive
   * @param zeroPoint the integer that stands for 0
   * @param lowest integer of the grid
   * @param highest integer of the grid
   */
  record FakeQuantize(double scale, int zeroPoint, int lowest, int highest, Rounding rounding)
      implements UnaryFunction {
    public FakeQuantize {
      if (!(scale > 0) || Double.isInfinite(scale)) {
        throw new IllegalArgumentException("a quantization scale is " + scale);
      }
      if (lowest > highest) {
        throw new IllegalArgumentException("a grid of integers " + lowest + ".." + highest);
      }
    }

    /** The integer that stands for a number. */
    public int toInteger(double x) {
      if (Double.isNaN(x)) {
        return Math.max(lowest, Math.min(highest, zeroPoint));
      }
      double integer = rounding.apply((float) x / (float) scale) + zeroPoint;
      return (int) Math.max(lowest, Math.min(highest, integer));
    }

    /** The number an integer stands for. */
    public double toReal(int integer) {
      return (integer - zeroPoint) * (float) scale;
    }

    @Override
    public double apply(double x) {
      return toReal(toInteger(x));
    }

    @Override
    public String kind() {
      return "FakeQuantize";
    }
  }

  /** {@code magnitude} for numbers from 0 on, {@code -magnitude} for the others. */
  record Bipolar(double magnitude) implements UnaryFunction {
    @Override
    public double apply(double x) {
      return x >= 0 ? magnitude : -magnitude;
    }

    @Override
    public String kind() {
      return "Bipolar";
    }
  }

  /**
   * QONNX's Trunc: the integer that stands for a number loses low bits, and stands for another
   * number. Single precision, as in the QONNX reference.
   *
   * @param scale of the integer before
   * @param zeroPoint of the integer before
   * @param bits that are dropped
   * @param lowest integer that is left
   * @param highest integer that is left
   * @param rounding of the integer that is left
   * @param newScale of that integer
   * @param newZeroPoint of that integer
   */
  record Truncate(
      double scale,
      double zeroPoint,
      int bits,
      int lowest,
      int highest,
      Rounding rounding,
      double newScale,
      double newZeroPoint)
      implements UnaryFunction {
    @Override
    public double apply(double x) {
      double integer = Math.rint((float) x / (float) scale + (float) zeroPoint);
      double left = Math.max(lowest, Math.min(highest, Math.scalb(integer, -bits)));
      return (rounding.apply(left) - newZeroPoint) * (float) newScale;
    }

    @Override
    public String kind() {
      return "Trunc";
    }
  }
}

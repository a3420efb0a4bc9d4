package io.mcudeploy.operators;

/** How a real number becomes an integer. */
public enum Rounding {
  /** To the nearest, ties to the even neighbour; ONNX's rounding. */
  HALF_EVEN {
    @Override
    public double apply(double x) {
      return Math.rint(x);
    }
  },
  /** To the nearest, ties away from zero; TFLite's rounding. */
  HALF_AWAY {
    @Override
    public double apply(double x) {
      return Math.copySign(Math.floor(Math.abs(x) + 0.5), x);
    }
  },
  /** To the nearest, ties toward zero. */
  HALF_TO_ZERO {
    @Override
    public double apply(double x) {
      return Math.copySign(Math.ceil(Math.abs(x) - 0.5), x);
    }
  },
  /** To the neighbour that is not larger. */
  FLOOR {
    @Override
    public double apply(double x) {
      return Math.floor(x);
    }
  },
  /** To the neighbour that is not smaller. */
  CEILING {
    @Override
    public double apply(double x) {
      return Math.ceil(x);
    }
  },
  /** To the neighbour farther from zero. */
  AWAY_FROM_ZERO {
    @Override
    public double apply(double x) {
      return Math.copySign(Math.ceil(Math.abs(x)), x);
    }
  },
  /** To the neighbour nearer to zero. */
  TO_ZERO {
    @Override
    public double apply(double x) {
      return Math.copySign(Math.floor(Math.abs(x)), x);
    }
  };

  /** The integer, as a real number. */
  public abstract double apply(double x);
}

package io.mcudeploy.calibration;

/** How a range follows from the observed values. */
public enum RangeMethod {
  /** All observed values. */
  MIN_MAX {
    @Override
    Range rangeOf(Histogram histogram) {
      return histogram.range();
    }
  },
  /** All but the {@value #CUT} most extreme observed values at either end. */
  PERCENTILE {
    @Override
    Range rangeOf(Histogram histogram) {
      return histogram.withoutTails(CUT);
    }
  },
  /** The range whose int8 quantization has the least mean square error on the observed values. */
  MSE {
    @Override
    Range rangeOf(Histogram histogram) {
      return LeastSquares.rangeOf(histogram);
    }
  };

  /** The share of the values that {@link #PERCENTILE} gives up at either end. */
  public static final double CUT = 1e-5;

  abstract Range rangeOf(Histogram histogram);
}

package io.mcudeploy.calibration;

import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;

/** Which scales and zero points activations may have. */
public enum ActivationScheme {
  /** Any scale, and a zero point that lets the integers cover just the range. */
  ASYMMETRIC {
    @Override
    double step(double low, double high) {
      return (high - low) / 255;
    }

    @Override
    Range reach(double low, double high) {
      return new Range(low, high);
    }

    @Override
    int zeroPoint(double low, double scale) {
      return (int) Math.max(-128, Math.min(127, Math.rint(-128 - low / scale)));
    }
  },
  /** Any scale; 0 is the integer 0. */
  SYMMETRIC {
    @Override
    double step(double low, double high) {
      return Math.max(high, -low) / 127;
    }
  },
  /** Scales that are powers of two, 0 is the integer 0: rescaling is a shift. */
  POWER_OF_TWO {
    @Override
    double step(double low, double high) {
      return powerOfTwo(Math.max(high / 127, -low / 128));
    }
  },
  /** Any scale; 0 is the integer 0; int16 where the operators can, else asymmetric int8. */
  INT16 {
    @Override
    double step(double low, double high) {
      return Math.max(high, -low) / StorageType.INT16.highest();
    }

    @Override
    Range reach(double low, double high) {
      double magnitude = Math.max(high, -low);
      return new Range(-magnitude, magnitude);
    }

    @Override
    public StorageType storage() {
      return StorageType.INT16;
    }

    @Override
    public ActivationScheme int8() {
      return ASYMMETRIC;
    }
  };

  /** Of a tensor that is always 0, which may have any scale. */
  private static final Quantization NOTHING = new Quantization(0x1p-7, 0);

  /** The smallest power of two that is not below a positive number. */
  public static double powerOfTwo(double number) {
    double below = Math.scalb(1.0, Math.getExponent(number));
    return below < number ? 2 * below : below;
  }

  /** How the integers are stored. */
  public StorageType storage() {
    return StorageType.INT8;
  }

  /** What values have that their operators can only store as int8. */
  public ActivationScheme int8() {
    return this;
  }

  /** The quantization that covers a range and represents 0 exactly. */
  public Quantization covering(Range range) {
    double low = Math.min(0, range.low());
    double high = Math.max(0, range.high());
    if ((high - low) / 255 < Float.MIN_NORMAL) {
      return NOTHING.storedAs(storage());
    }
    double scale = step(low, high);
    return new Quantization(scale, zeroPoint(low, scale), storage());
  }

  /** The real width of one integer step; low ≤ 0 ≤ high, not both 0. */
  abstract double step(double low, double high);

  /** The real numbers that do not saturate. */
  Range reach(double low, double high) {
    double step = step(low, high);
    return new Range(-128 * step, 127 * step);
  }

  int zeroPoint(double low, double scale) {
    return 0;
  }
}

package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;

/**
 * The activation functions of recurrent layers, as TFLite's for int16: from Q3.12 to Q0.15, by
 * straight lines between the points of one table of the sigmoid, {@code tanh(x) = 2 sigmoid(2x) −
 * 1}. Within 2^-13 of the real functions.
 */
public enum GateFunction {
  SIGMOID {
    @Override
    public int apply(int x) {
      int scaled = 3 * x;
      int magnitude = Math.abs(scaled);
      int point = magnitude >> 9;
      int value = point >= LAST ? 0x7fff << 10 : between(point, magnitude & 0x1ff, 9);
      return scaled >= 0 ? (value + 512) >> 10 : ((1 << 25) - value + 511) >> 10;
    }
  },
  TANH {
    @Override
    public int apply(int x) {
      return tanhOfThird(3 * x);
    }
  };

  /** Of the table's points; what lies behind it is 1. */
  private static final int LAST = 255;

  private static final Int32Array TABLE = table();

  /**
   * The function in integers.
   *
   * @param x Q3.12, int16
   * @return Q0.15, −32767..32767
   */
  public abstract int apply(int x);

  /**
   * The tanh of an int16 at scale 2^power, in Q0.15; its argument goes through {@code 3 · 2^(power
   * + 12) · x}.
   */
  static int tanh(int x, int power) {
    int left = power + 12;
    return tanhOfThird(left >= 0 ? x * (3 << left) : (x * 3 + (1 << (-left - 1))) >> -left);
  }

  /** tanh(x / 3 · 2^-12) in Q0.15. */
  private static int tanhOfThird(int x) {
    int magnitude = Math.abs(x);
    int point = magnitude >> 8;
    int value = point >= LAST ? 0xffff << 8 : between(point, magnitude & 0xff, 8);
    return x >= 0 ? (value - (1 << 23) + 128) >> 8 : ((1 << 23) - value + 127) >> 8;
  }

  /**
   * 256 unsigned 16-bit numbers, {@code 2^16 · sigmoid(i / 24)}, each raised by half of what the
   * line to the next point falls short at its middle; the last is the largest number.
   */
  public static Int32Array sigmoidTable() {
    return TABLE;
  }

  private static int between(int point, int fraction, int bits) {
    int low = TABLE.get(point);
    return (low << bits) + fraction * (TABLE.get(point + 1) - low);
  }

  private static Int32Array table() {
    int[] table = new int[LAST + 1];
    for (int i = 0; i < LAST; i++) {
      double shortfall = sigmoid(i + 0.5) - (sigmoid(i) + sigmoid(i + 1)) / 2;
      table[i] = (int) Math.rint(0x1p16 * (sigmoid(i) + shortfall / 2));
    }
    table[LAST] = 0xffff;
    return Int32Array.of(table);
  }

  private static double sigmoid(double point) {
    return 1 / (1 + StrictMath.exp(-point / 24));
  }
}

package io.mcudeploy.kernels.dsp;

/** Numbers of 8 or 16 bits in the 32-bit words that the kernels load. */
final class Pairs {
  private Pairs() {}

  /** Two int16, the first in the low half. */
  static int ofInt16(int low, int high) {
    return (low & 0xffff) | high << 16;
  }

  /** Four int8, the first in the lowest byte. */
  static int ofInt8(int a, int b, int c, int d) {
    return (a & 0xff) | (b & 0xff) << 8 | (c & 0xff) << 16 | d << 24;
  }
}

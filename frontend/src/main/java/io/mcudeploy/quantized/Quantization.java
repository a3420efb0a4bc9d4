package io.mcudeploy.quantized;

/**
 * How integers stand for real numbers: real = scale · (integer − zeroPoint).
 *
 * @param scale positive and finite
 * @param zeroPoint the integer that stands for 0, within the storage type's range
 * @param storage how the integers are stored
 */
public record Quantization(double scale, int zeroPoint, StorageType storage) {
  public Quantization {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("scale " + scale);
    }
    if (zeroPoint != storage.saturate(zeroPoint)) {
      throw new IllegalArgumentException("zero point " + zeroPoint + " is not an " + storage);
    }
  }

  /** The quantization of int8 numbers. */
  public Quantization(double scale, int zeroPoint) {
    this(scale, zeroPoint, StorageType.INT8);
  }

  /**
   * The same range of real numbers in another storage. From int8 to int16 every number keeps its
   * value; the other way it is rounded.
   */
  public Quantization storedAs(StorageType wanted) {
    int bits = 8 * (wanted.bytes() - storage.bytes());
    int wider = bits >= 0 ? zeroPoint << bits : Math.round(Math.scalb((float) zeroPoint, bits));
    return bits == 0
        ? this
        : new Quantization(Math.scalb(scale, -bits), wanted.saturate(wider), wanted);
  }

  public double toReal(int integer) {
    return scale * (integer - zeroPoint);
  }

  /** The nearest int8, ties to even, saturated. */
  public byte toInt8(double real) {
    return (byte) toInteger(real, -128, 127);
  }

  /** The nearest integer of the storage type, ties to even, saturated. */
  public int toInteger(double real) {
    return toInteger(real, storage.lowest(), storage.highest());
  }

  /**
   * The nearest integer of a range, ties to even, saturated; not-a-number becomes the zero point.
   */
  public int toInteger(double real, int lowest, int highest) {
    if (Double.isNaN(real)) {
      return zeroPoint;
    }
    double integer = Math.rint(real / scale) + zeroPoint;
    return (int) Math.max(lowest, Math.min(highest, integer));
  }
}

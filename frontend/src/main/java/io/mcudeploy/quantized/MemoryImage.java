package io.mcudeploy.quantized;

import io.mcudeploy.ir.Tensor;

/** Between real tensors and the little-endian memory images of quantized ones. */
public final class MemoryImage {
  private MemoryImage() {}

  /** The memory image of a value: integers and truth values stand for themselves. */
  public static byte[] of(Tensor value, QuantizedTensor type) {
    return value instanceof Tensor.Integers integers
        ? of(integers, type.storage())
        : quantized((Tensor.Floats) value, type);
  }

  /** The memory image of real values. */
  public static byte[] quantized(Tensor.Floats real, QuantizedTensor type) {
    Quantization quantization = type.quantization();
    double[] integers = new double[real.values().length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = quantization.toInteger(real.values()[i]);
    }
    return image(integers, type.storage());
  }

  /** The memory image of integers that are given as real numbers; those out of range saturate. */
  public static byte[] of(Tensor.Floats integers, StorageType storage) {
    double[] clamped = new double[integers.values().length];
    for (int i = 0; i < clamped.length; i++) {
      clamped[i] = Math.max(storage.lowest(), Math.min(storage.highest(), integers.values()[i]));
    }
    return image(clamped, storage);
  }

  /** The memory image of integers; those out of range saturate. */
  public static byte[] of(Tensor.Integers integers, StorageType storage) {
    double[] clamped = new double[integers.values().length];
    for (int i = 0; i < clamped.length; i++) {
      clamped[i] = Math.max(storage.lowest(), Math.min(storage.highest(), integers.values()[i]));
    }
    return image(clamped, storage);
  }

  /** The integers of a memory image. */
  public static double[] integers(byte[] image, StorageType storage) {
    double[] values = new double[storage.elements(image)];
    for (int i = 0; i < values.length; i++) {
      values[i] = storage.get(image, i);
    }
    return values;
  }

  /** The real values of a memory image. */
  public static Tensor.Floats real(byte[] image, QuantizedTensor type) {
    double[] integers = integers(image, type.storage());
    float[] values = new float[integers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) type.quantization().toReal((int) integers[i]);
    }
    return new Tensor.Floats(type.shape(), values);
  }

  private static byte[] image(double[] integers, StorageType storage) {
    byte[] image = new byte[integers.length * storage.bytes()];
    for (int i = 0; i < integers.length; i++) {
      storage.put(image, i, (int) integers[i]);
    }
    return image;
  }
}

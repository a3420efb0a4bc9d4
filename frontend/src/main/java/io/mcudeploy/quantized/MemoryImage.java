package io.mcudeploy.quantized;

import io.mcudeploy.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Between real tensors and the little-endian memory images of quantized ones. */
public final class MemoryImage {
  private MemoryImage() {}

  /** The memory image of real values. */
  public static byte[] quantized(Tensor.Floats real, QuantizedTensor type) {
    Quantization quantization = type.quantization();
    double[] integers = new double[real.values().length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] =
          quantization.toInteger(
              real.values()[i], type.storage().lowest(), type.storage().highest());
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

  /** The integers of a memory image. */
  public static double[] integers(byte[] image, StorageType storage) {
    double[] values = new double[image.length / storage.bytes()];
    ByteBuffer buffer = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (storage) {
            case INT8 -> buffer.get();
            case INT16 -> buffer.getShort();
            case INT32 -> buffer.getInt();
          };
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
    ByteBuffer buffer = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    for (double integer : integers) {
      switch (storage) {
        case INT8 -> buffer.put((byte) integer);
        case INT16 -> buffer.putShort((short) integer);
        case INT32 -> buffer.putInt((int) integer);
      }
    }
    return image;
  }
}

package io.mcudeploy.quantized;

import io.mcudeploy.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Between real tensors and the little-endian memory images of quantized ones. */
public final class MemoryImage {
  private MemoryImage() {}

  /** The memory image of real values. */
  public static byte[] quantized(Tensor.Floats real, QuantizedTensor type) {
    byte[] image = new byte[type.bytes()];
    ByteBuffer buffer = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    Quantization quantization = type.quantization();
    for (float value : real.values()) {
      switch (type.storage()) {
        case INT8 -> buffer.put(quantization.toInt8(value));
        case INT16 -> buffer.putShort((short) quantization.toInteger(value, -32768, 32767));
        case INT32 ->
            buffer.putInt(quantization.toInteger(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
      }
    }
    return image;
  }

  /** The real values of a memory image. */
  public static Tensor.Floats real(byte[] image, QuantizedTensor type) {
    float[] values = new float[type.shape().elements()];
    ByteBuffer buffer = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      int integer =
          switch (type.storage()) {
            case INT8 -> buffer.get();
            case INT16 -> buffer.getShort();
            case INT32 -> buffer.getInt();
          };
      values[i] = (float) type.quantization().toReal(integer);
    }
    return new Tensor.Floats(type.shape(), values);
  }
}

package io.mcudeploy.quantized;

import io.mcudeploy.ir.Shape;

/** An activation or constant of a quantized network: its shape, storage and scale. */
public record QuantizedTensor(String name, Shape shape, Quantization quantization) {

  /** A tensor in this storage, whatever that of the scale and zero point. */
  public QuantizedTensor(String name, Shape shape, StorageType storage, Quantization quantization) {
    this(name, shape, new Quantization(quantization.scale(), quantization.zeroPoint(), storage));
  }

  /** How the integers are stored. */
  public StorageType storage() {
    return quantization.storage();
  }

  /** Bytes in memory. */
  public int bytes() {
    return shape.elements() * storage().bytes();
  }
}

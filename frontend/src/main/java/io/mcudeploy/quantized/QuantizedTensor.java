package io.mcudeploy.quantized;

import io.mcudeploy.ir.Shape;

/** An activation or constant of a quantized network: its shape, storage and scale. */
public record QuantizedTensor(
    String name, Shape shape, StorageType storage, Quantization quantization) {

  /** Bytes in memory. */
  public int bytes() {
    return shape.elements() * storage.bytes();
  }
}

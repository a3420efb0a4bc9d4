package io.mcudeploy.ir;

/** What a tensor's elements are before quantization. */
public enum ElementType {
  /** Real numbers; double and half precision constants are read as these. */
  FLOAT,
  INT64,
  INT32,
  INT16,
  INT8,
  UINT32,
  UINT16,
  UINT8,
  BOOL;

  public boolean isFloat() {
    return this == FLOAT;
  }
}

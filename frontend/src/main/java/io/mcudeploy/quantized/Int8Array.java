package io.mcudeploy.quantized;

import java.util.Arrays;

/** Immutable int8 numbers with value equality, such as the weights of a layer. */
public final class Int8Array {
  private final byte[] values;

  /** 0 until asked for: planners look up layers by their weights, again and again. */
  private int hash;

  private Int8Array(byte[] values) {
    this.values = values;
  }

  public static Int8Array of(byte... values) {
    return new Int8Array(values.clone());
  }

  public int length() {
    return values.length;
  }

  public byte get(int index) {
    return values[index];
  }

  /** A copy. */
  public byte[] toArray() {
    return values.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Int8Array array && Arrays.equals(values, array.values);
  }

  @Override
  public int hashCode() {
    if (hash == 0) {
      hash = Arrays.hashCode(values);
    }
    return hash;
  }

  @Override
  public String toString() {
    return "int8[" + values.length + "]";
  }
}

package io.mcudeploy.quantized;

import java.util.Arrays;

/** Immutable int32 numbers with value equality, such as the biases of a layer. */
public final class Int32Array {
  private final int[] values;

  private Int32Array(int[] values) {
    this.values = values;
  }

  public static Int32Array of(int... values) {
    return new Int32Array(values.clone());
  }

  public int length() {
    return values.length;
  }

  public int get(int index) {
    return values[index];
  }

  /** A copy. */
  public int[] toArray() {
    return values.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Int32Array array && Arrays.equals(values, array.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "int32[" + values.length + "]";
  }
}

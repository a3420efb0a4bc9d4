package io.mcudeploy.quantized;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Immutable int32 numbers with value equality, such as the biases of a layer.
 *
 * <p>Numbers that take long to work out, such as the packed weights of a kernel that may never be
 * chosen, are computed when they are first asked for; only their count is known before.
 */
public final class Int32Array {
  private final int length;
  private final Supplier<int[]> source;
  private volatile int[] computed;

  private Int32Array(int length, Supplier<int[]> source) {
    this.length = length;
    this.source = source;
  }

  public static Int32Array of(int... values) {
    int[] copy = values.clone();
    return new Int32Array(copy.length, () -> copy);
  }

  /**
   * Numbers that are computed when they are needed.
   *
   * @param source gives {@code length} numbers, the same ones whenever it is asked
   */
  public static Int32Array computed(int length, Supplier<int[]> source) {
    return new Int32Array(length, source);
  }

  private int[] values() {
    int[] values = computed;
    if (values == null) {
      values = source.get();
      if (values.length != length) {
        throw new IllegalStateException(values.length + " numbers instead of " + length);
      }
      computed = values;
    }
    return values;
  }

  public int length() {
    return length;
  }

  public int get(int index) {
    return values()[index];
  }

  /** A copy. */
  public int[] toArray() {
    return values().clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Int32Array array
        && length == array.length
        && (source == array.source || Arrays.equals(values(), array.values()));
  }

  /** Of the count alone, so that looking for an array computes none of another count. */
  @Override
  public int hashCode() {
    return length;
  }

  @Override
  public String toString() {
    return "int32[" + length + "]";
  }
}

package io.mcudeploy.ir;

import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Real numbers that are either held, or computed when they are asked for and forgotten when memory
 * is short: the weights of a large file are needed one layer at a time.
 */
final class Numbers {
  private final boolean deferred;
  private final Supplier<float[]> source;
  private volatile Optional<SoftReference<float[]>> recent = Optional.empty();
  private volatile int hash;

  private Numbers(boolean deferred, Supplier<float[]> source) {
    this.deferred = deferred;
    this.source = source;
  }

  static Numbers known(float[] values) {
    return new Numbers(false, () -> values);
  }

  /**
   * Numbers computed on demand.
   *
   * @param source gives the same numbers every time
   */
  static Numbers deferred(Supplier<float[]> source) {
    return new Numbers(true, source);
  }

  boolean isDeferred() {
    return deferred;
  }

  float[] get() {
    if (!deferred) {
      return source.get();
    }
    Optional<float[]> remembered = recent.map(SoftReference::get);
    float[] values = remembered.isPresent() ? remembered.get() : source.get();
    if (remembered.isEmpty()) {
      recent = Optional.of(new SoftReference<>(values));
    }
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Numbers numbers
        && (this == numbers
            || (hashCode() == numbers.hashCode() && Arrays.equals(get(), numbers.get())));
  }

  /** Computed once: constants are compared again and again. */
  @Override
  public int hashCode() {
    if (hash == 0) {
      hash = Arrays.hashCode(get());
    }
    return hash;
  }
}

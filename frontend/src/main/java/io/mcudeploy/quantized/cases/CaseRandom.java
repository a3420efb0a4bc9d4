package io.mcudeploy.quantized.cases;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.List;

/**
 * Pseudo-random numbers of one case, the same everywhere and for ever: xorshift64* (Vigna, 2016)
 * seeded with the FNV-1a hash of the case's id.
 */
public final class CaseRandom {
  private long state = 0xcbf29ce484222325L;

  public CaseRandom(String id) {
    for (int i = 0; i < id.length(); i++) {
      state = (state ^ id.charAt(i)) * 0x100000001b3L;
    }
    if (state == 0) {
      state = 1;
    }
  }

  /** An integer between two bounds, both included. */
  public int integer(int lowest, int highest) {
    state ^= state >>> 12;
    state ^= state << 25;
    state ^= state >>> 27;
    long random = state * 0x2545f4914f6cdd1dL;
    return lowest + (int) Long.remainderUnsigned(random >>> 11, (long) highest - lowest + 1);
  }

  /** A real number, 0 ≤ x &lt; 1. */
  public double fraction() {
    return integer(0, (1 << 30) - 1) * 0x1p-30;
  }

  /** Any int8 values. */
  public Int8Array bytes(int count) {
    return bytes(count, -128, 127);
  }

  /** Int8 values between two bounds, both included. */
  public Int8Array bytes(int count, int lowest, int highest) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) integer(lowest, highest);
    }
    return Int8Array.of(bytes);
  }

  /** Only the ends of the int8 range. */
  public Int8Array extremes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (integer(0, 1) == 0 ? -128 : 127);
    }
    return Int8Array.of(bytes);
  }

  /** The memory image of any int16 values. */
  public Int8Array shorts(int count) {
    return bytes(2 * count);
  }

  /** The memory image of the ends of the int16 range. */
  public Int8Array extremeShorts(int count) {
    byte[] image = StorageType.INT16.image(count);
    for (int i = 0; i < count; i++) {
      StorageType.INT16.put(image, i, integer(0, 1) == 0 ? -32768 : 32767);
    }
    return Int8Array.of(image);
  }

  /** Symmetric int8 weights. */
  public Int8Array weights(int count) {
    return bytes(count, -127, 127);
  }

  /** Int32 values between −magnitude and magnitude. */
  public Int32Array integers(int count, int magnitude) {
    int[] integers = new int[count];
    for (int i = 0; i < count; i++) {
      integers[i] = integer(-magnitude, magnitude);
    }
    return Int32Array.of(integers);
  }

  /**
   * Factors that bring sums of {@code terms} products of random int8 numbers into the int8 range,
   * each another one.
   */
  public List<Multiplier> multipliers(int count, int terms) {
    List<Multiplier> multipliers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double deviation = 74.0 * 74.0 * StrictMath.sqrt(terms);
      multipliers.add(Multiplier.of((30 + 60 * fraction()) / deviation));
    }
    return multipliers;
  }
}

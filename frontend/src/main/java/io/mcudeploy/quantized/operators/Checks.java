package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.StorageType;
import java.util.function.Supplier;

/**
 * Guards of the records' constructors. Planners make records of bands by the hundred thousand, so
 * the texts are made only where something is wrong.
 */
final class Checks {
  private Checks() {}

  static void positive(String what, int value) {
    if (value < 1) {
      throw wrong(what + " " + value + " is not positive");
    }
  }

  static void int8(String what, int value) {
    integer(what, value, StorageType.INT8);
  }

  static void integer(String what, int value, StorageType storage) {
    if (storage.saturate(value) != value) {
      throw wrong(what + " " + value + " is not an " + storage);
    }
  }

  static void clamp(int lowest, int highest, StorageType storage) {
    integer("lowest", lowest, storage);
    integer("highest", highest, storage);
    if (lowest > highest) {
      throw wrong("lowest " + lowest + " is above highest " + highest);
    }
  }

  static void count(String what, long expected, long actual) {
    if (expected != actual) {
      throw wrong(actual + " " + what + " instead of " + expected);
    }
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw wrong(message);
    }
  }

  static void require(boolean condition, Supplier<String> message) {
    if (!condition) {
      throw wrong(message.get());
    }
  }

  private static IllegalArgumentException wrong(String message) {
    return new IllegalArgumentException(message);
  }
}

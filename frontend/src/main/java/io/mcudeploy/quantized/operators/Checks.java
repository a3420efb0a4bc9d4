package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.StorageType;

/** Guards of the records' constructors. */
final class Checks {
  private Checks() {}

  static void positive(String what, int value) {
    require(value >= 1, what + " " + value + " is not positive");
  }

  static void int8(String what, int value) {
    integer(what, value, StorageType.INT8);
  }

  static void integer(String what, int value, StorageType storage) {
    require(storage.saturate(value) == value, what + " " + value + " is not an " + storage);
  }

  static void clamp(int lowest, int highest, StorageType storage) {
    integer("lowest", lowest, storage);
    integer("highest", highest, storage);
    require(lowest <= highest, "lowest " + lowest + " is above highest " + highest);
  }

  static void count(String what, long expected, long actual) {
    require(expected == actual, actual + " " + what + " instead of " + expected);
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}

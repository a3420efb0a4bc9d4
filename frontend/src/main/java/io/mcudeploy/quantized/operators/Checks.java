package io.mcudeploy.quantized.operators;

/** Guards of the records' constructors. */
final class Checks {
  private Checks() {}

  static void positive(String what, int value) {
    require(value >= 1, what + " " + value + " is not positive");
  }

  static void int8(String what, int value) {
    require(value >= -128 && value <= 127, what + " " + value + " is not an int8");
  }

  static void clamp(int lowest, int highest) {
    int8("lowest", lowest);
    int8("highest", highest);
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

package io.mcudeploy.plan;

import java.util.List;
import java.util.Locale;

/** What the planner makes small where it has a choice. */
public enum Goal {
  /** The fewest estimated instructions that fit the board's memory. */
  TIME("-O3"),
  /**
   * Speed that is worth its flash: the least product of estimated instructions squared and flash
   * cubed, so that two per cent more flash have to save three per cent of the instructions.
   */
  BALANCED("-O2"),
  /** The smallest arena; among equal arenas the fewest instructions. */
  RAM("-O3"),
  /**
   * The least estimated flash, constants and code; of sizes that hardly differ the faster one: half
   * the instructions are worth two per cent of the flash.
   */
  SIZE("-Os");

  /** The family whose inline assembly needs r8 to r11 of Armv6-M. */
  private static final String HIGH_REGISTERS = "cmsis-nn/m0";

  private final String optimization;

  Goal(String optimization) {
    this.optimization = optimization;
  }

  /** The compiler's level of optimisation that suits the goal, such as {@code -O3}. */
  public String optimization() {
    return optimization;
  }

  /**
   * The families of kernels that suit the goal. With {@code -Os} GCC keeps r8 to r11 of Armv6-M
   * from everyone, inline assembly included.
   *
   * @param chain of the core, the most special first
   */
  List<String> families(List<String> chain) {
    return this == SIZE
        ? chain.stream().filter(family -> !family.equals(HIGH_REGISTERS)).toList()
        : chain;
  }

  /** Whether kernels are chosen by what constants and code take. */
  boolean weighsFlash() {
    return this == BALANCED || this == SIZE;
  }

  /** As on the command line: {@code time}. */
  public String lower() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.mcudeploy.board;

import java.util.Locale;

/**
 * How a program on an emulated machine counts its own instructions. QEMU with {@code -icount
 * shift=N} lets each instruction take exactly 2^N nanoseconds of virtual time, so any timer of the
 * machine counts instructions; as long as one instruction is more than two ticks, the count can be
 * rounded to the exact integer.
 *
 * @param address the timer's registers; 0 for a counter in the core
 * @param icountShift N
 * @param ticks how many ticks pass during...
 * @param instructions ...this many instructions
 */
public record InstructionCounter(
    Device device, long address, int icountShift, int ticks, int instructions) {

  /** The counters that the test program can read, one C file each in {@code boards/startup}. */
  public enum Device {
    /** The 32-bit APB timer of Arm's CMSDK. */
    CMSDK_TIMER,
    /** The system counter of Arm's SSE-300. */
    SSE_COUNTER,
    /** A 32-bit general purpose timer of an STM32. */
    STM32_TIMER,
    /** A 32-bit timer of the nRF51. */
    NRF51_TIMER,
    /** RISC-V's count of retired instructions. */
    MINSTRET;

    /** The name in board descriptions and of the C file. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public InstructionCounter {
    boolean exact = device == Device.MINSTRET ? ticks == instructions : ticks > 2 * instructions;
    if (!exact) {
      throw new IllegalArgumentException(
          ticks + " ticks for " + instructions + " instructions cannot be rounded exactly");
    }
  }
}

package io.mcudeploy.board;

import java.util.Locale;

/** What a core can do that kernels and checks depend on. */
public enum Feature {
  /** A load or store need not be aligned to its size. Without it such an access faults. */
  UNALIGNED_ACCESS,
  /** Integer division is an instruction. */
  HARDWARE_DIVIDE,
  /** 32 by 32 to 64 bit multiplication is an instruction (or two). */
  LONG_MULTIPLY,
  /** Arm's DSP extension: SMLAD, SXTB16, SSAT and their relatives. */
  DSP,
  /** Floating point registers; generated inference code never uses them for arithmetic. */
  FPU,
  /** Arm's M-profile vector extension, Helium. */
  MVE;

  /** The name in core descriptions, such as {@code unaligned-access}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

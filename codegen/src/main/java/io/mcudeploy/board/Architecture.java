package io.mcudeploy.board;

/** The two families of cores: each has its own start-up code, linker script and emulator. */
public enum Architecture {
  ARM("arm", "qemu-system-arm"),
  RISCV("riscv", "qemu-system-riscv32");

  private final String id;
  private final String emulator;

  Architecture(String id, String emulator) {
    this.id = id;
    this.emulator = emulator;
  }

  /** The name in core descriptions and file names. */
  public String id() {
    return id;
  }

  /** The program that emulates 32-bit machines of this architecture. */
  public String emulator() {
    return emulator;
  }
}

package io.mcudeploy.toolchain;

import io.mcudeploy.board.Architecture;
import java.util.List;

/** The programs of others that the tool starts. */
public enum Tool {
  ARM_GCC(
      "GCC for Arm",
      "arm-none-eabi-gcc",
      "MCU_DEPLOY_ARM_GCC",
      "sudo apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi",
      "sudo dnf install arm-none-eabi-gcc-cs arm-none-eabi-newlib",
      "brew install --cask gcc-arm-embedded"),
  RISCV_GCC(
      "GCC for RISC-V",
      "riscv64-unknown-elf-gcc riscv64-elf-gcc riscv-none-elf-gcc",
      "MCU_DEPLOY_RISCV_GCC",
      "sudo apt-get install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
      "unpack a release of https://github.com/xpack-dev-tools/riscv-none-elf-gcc-xpack and set"
          + " MCU_DEPLOY_RISCV_GCC to its riscv-none-elf-gcc (Fedora has no package)",
      "brew install riscv64-elf-gcc"),
  QEMU_ARM(
      "QEMU for Arm",
      "qemu-system-arm",
      "MCU_DEPLOY_QEMU_ARM",
      "sudo apt-get install qemu-system-arm",
      "sudo dnf install qemu-system-arm-core",
      "brew install qemu"),
  QEMU_RISCV(
      "QEMU for RISC-V",
      "qemu-system-riscv32",
      "MCU_DEPLOY_QEMU_RISCV",
      "sudo apt-get install qemu-system-misc",
      "sudo dnf install qemu-system-riscv-core",
      "brew install qemu"),
  /** Compiles the plugin with which {@code profile} counts. */
  HOST_GCC(
      "GCC for this machine",
      "gcc cc clang",
      "MCU_DEPLOY_HOST_GCC",
      "sudo apt-get install gcc libc6-dev",
      "sudo dnf install gcc",
      "xcode-select --install");

  private final String title;
  private final String programs;
  private final String variable;
  private final String apt;
  private final String dnf;
  private final String brew;

  Tool(String title, String programs, String variable, String apt, String dnf, String brew) {
    this.title = title;
    this.programs = programs;
    this.variable = variable;
    this.apt = apt;
    this.dnf = dnf;
    this.brew = brew;
  }

  /** The compiler for an architecture. */
  public static Tool compiler(Architecture architecture) {
    return architecture == Architecture.ARM ? ARM_GCC : RISCV_GCC;
  }

  /** The emulator for an architecture. */
  public static Tool emulator(Architecture architecture) {
    return architecture == Architecture.ARM ? QEMU_ARM : QEMU_RISCV;
  }

  /** What it is, such as {@code GCC for Arm}. */
  public String title() {
    return title;
  }

  /** The file names it goes by, the usual one first. */
  public List<String> programs() {
    return List.of(programs.split(" ", -1));
  }

  /** The environment variable that names another program to use. */
  public String variable() {
    return variable;
  }

  /** How to install it, one line per package manager. */
  public List<String> installation() {
    return List.of("Debian, Ubuntu: " + apt, "Fedora: " + dnf, "macOS: " + brew);
  }
}

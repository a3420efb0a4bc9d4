package io.mcudeploy.board;

import java.util.List;

/**
 * A machine of QEMU.
 *
 * @param name as {@code -M} takes it
 * @param options what else it needs on the command line
 * @param memories its memory map, as far as programs use it
 * @param source the files of QEMU that define it
 */
public record Machine(
    String name,
    List<String> options,
    List<MemoryRegion> memories,
    InstructionCounter counter,
    String source) {
  public Machine {
    options = List.copyOf(options);
    memories = List.copyOf(memories);
  }

  /** The first region that holds one kind of content. */
  public MemoryRegion region(MemoryRegion.Role role) {
    return memories.stream()
        .filter(region -> region.holds(role))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " has no place for " + role.id()));
  }
}

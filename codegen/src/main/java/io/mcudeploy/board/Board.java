package io.mcudeploy.board;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A target of the generated code.
 *
 * @param aliases other names for {@code --board}
 * @param clockHertz the highest frequency of the core
 * @param memories the address space as far as programs use it; among regions that may hold the
 *     arena the preferred one first
 * @param boot who makes the board run {@code main}
 * @param machine the emulated machine that is this very board, where there is one
 * @param emulation what stands in for the board in {@code build} and {@code verify}
 */
public record Board(
    String name,
    String title,
    List<String> aliases,
    Core core,
    long clockHertz,
    String clockSource,
    List<MemoryRegion> memories,
    Boot boot,
    Optional<Machine> machine,
    Emulation emulation) {

  /** Who makes the board run {@code main}. */
  public enum Boot {
    /** The generated vector table or entry point is the first code to run. */
    DIRECT,
    /** A boot loader and linker script of the vendor's kit; we generate sources only. */
    SDK
  }

  public Board {
    aliases = List.copyOf(aliases);
    memories = List.copyOf(memories);
  }

  /** The regions that may hold one kind of content, the preferred one first. */
  public List<MemoryRegion> regions(MemoryRegion.Role role) {
    return memories.stream().filter(region -> region.holds(role)).toList();
  }

  /**
   * The board with less of some memories, since the application keeps the rest.
   *
   * @param bytes by the name of a memory, fewer than it has
   */
  public Board reserving(Map<String, Long> bytes) {
    return new Board(
        name,
        title,
        aliases,
        core,
        clockHertz,
        clockSource,
        memories.stream()
            .map(memory -> memory.reserving(bytes.getOrDefault(memory.name(), 0L)))
            .toList(),
        boot,
        machine,
        emulation);
  }

  /** The region of a name. */
  public Optional<MemoryRegion> memory(String region) {
    return memories.stream().filter(memory -> memory.name().equals(region)).findFirst();
  }

  /** The preferred region for one kind of content. */
  public MemoryRegion region(MemoryRegion.Role role) {
    return regions(role).get(0);
  }

  /**
   * Where an arena goes: the first region that has room for it beside what else is there.
   *
   * @param arenaBytes the arena's size
   * @param besideBytes variables and stack, which share a region with the arena where the board
   *     says so
   */
  public Optional<MemoryRegion> arenaRegion(long arenaBytes, long besideBytes) {
    return regions(MemoryRegion.Role.ARENA).stream()
        .filter(
            region -> {
              boolean shared =
                  region.holds(MemoryRegion.Role.STACK) || region.holds(MemoryRegion.Role.DATA);
              return arenaBytes + (shared ? besideBytes : 0) <= region.size();
            })
        .findFirst();
  }

  /** Bytes of the largest region that may hold the arena. */
  public long ramBytes() {
    return regions(MemoryRegion.Role.ARENA).stream().mapToLong(MemoryRegion::size).max().orElse(0);
  }

  /** Bytes of the largest region that may hold the network's parameters. */
  public long flashBytes() {
    return regions(MemoryRegion.Role.WEIGHTS).stream()
        .mapToLong(MemoryRegion::size)
        .max()
        .orElse(0);
  }
}

package io.mcudeploy.board;

import io.mcudeploy.diagnostics.Location;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * A range of a board's address space.
 *
 * @param origin its first address
 * @param size in bytes
 * @param access what the core may do there, some of {@code r}, {@code w} and {@code x}
 * @param holds what the generated project puts there
 * @param waitStates cycles that the core waits for an access at the board's clock, as documented
 *     with no cache or prefetch; absent where it is not
 * @param reserved bytes behind its end that the application keeps for itself
 * @param source where origin and size are documented
 * @param location of the size in the board's description, for diagnostics about a network that does
 *     not fit
 */
public record MemoryRegion(
    String name,
    long origin,
    long size,
    Kind kind,
    String access,
    List<Role> holds,
    OptionalInt waitStates,
    long reserved,
    String source,
    Location location) {

  /** What a region is made of. */
  public enum Kind {
    /** On the chip and kept without power. */
    FLASH,
    /** On the chip and lost without power. */
    RAM,
    /** Outside the chip, reached through the address space; flash or RAM as its access tells. */
    EXTERNAL;

    /** The name in board descriptions. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What the generated project places in memory. */
  public enum Role {
    /** Vector table, instructions and small constants. */
    CODE,
    /** The network's parameters. */
    WEIGHTS,
    /** Variables. */
    DATA,
    /** The stack. */
    STACK,
    /** The network's activations. */
    ARENA;

    /** The name in board descriptions. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public MemoryRegion {
    holds = List.copyOf(holds);
    if (size <= 0 || origin < 0 || origin + size > 1L << 32) {
      throw new IllegalArgumentException(name + " is not within 32 bits of address space");
    }
  }

  /**
   * The region without bytes at its end that the application keeps for itself.
   *
   * @param bytes fewer than it has
   */
  public MemoryRegion reserving(long bytes) {
    return new MemoryRegion(
        name,
        origin,
        size - bytes,
        kind,
        access,
        holds,
        waitStates,
        reserved + bytes,
        source,
        location);
  }

  /** Whether the region holds one kind of content. */
  public boolean holds(Role role) {
    return holds.contains(role);
  }

  /** The address after the last byte. */
  public long end() {
    return origin + size;
  }

  /** Whether the two regions share an address. */
  public boolean overlaps(MemoryRegion other) {
    return origin < other.end() && other.origin < end();
  }

  /** As {@code dtcm 0x20000000 131072 bytes ram rw}. */
  @Override
  public String toString() {
    return "%s 0x%08X %d bytes %s %s".formatted(name, origin, size, kind.id(), access);
  }
}

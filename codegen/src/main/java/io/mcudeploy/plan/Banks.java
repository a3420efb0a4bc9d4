package io.mcudeploy.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The memories that an arena may use. The planner sees them as one range of offsets, one bank
 * behind the other; no buffer lies in two of them.
 *
 * @param banks the fastest first
 * @param pins the region of each tensor whose place is not the planner's choice
 */
public record Banks(List<Bank> banks, Map<String, String> pins) {
  /** More than any microcontroller has, and so little that some of them still fit an int. */
  private static final int LARGEST = 1 << 28;

  /** One memory without a limit, and without a name. */
  public static final Banks UNLIMITED = new Banks(List.of(new Bank("", LARGEST)), Map.of());

  /**
   * A memory.
   *
   * @param region its name in the board's description
   * @param bytes that the arena may take of it
   */
  public record Bank(String region, int bytes) {
    /** A memory of whatever size. */
    public static Bank of(String region, long bytes) {
      return new Bank(region, (int) Math.max(0, Math.min(bytes, LARGEST)));
    }
  }

  public Banks {
    banks = List.copyOf(banks);
    pins = Map.copyOf(pins);
    if (banks.isEmpty()) {
      throw new IllegalArgumentException("no memory for the arena");
    }
  }

  /** The first offset behind all banks. */
  int end() {
    return start(banks.size());
  }

  /** Where a bank begins: a multiple of every alignment, so that offsets in it are aligned too. */
  int start(int bank) {
    int start = 0;
    for (Bank before : banks.subList(0, bank)) {
      start += (before.bytes() + 63) & -64;
    }
    return start;
  }

  /** The bank of an offset; the one behind the last for offsets that exist in none. */
  int of(int offset) {
    int bank = 0;
    while (bank < banks.size() && offset >= start(bank + 1)) {
      bank++;
    }
    return bank;
  }

  /** The lowest offset from one on where a buffer lies within one bank that it may lie in. */
  int admit(Buffer buffer, int offset) {
    Optional<String> pin =
        pins.isEmpty()
            ? Optional.empty()
            : buffer.names().stream().filter(pins::containsKey).findFirst().map(pins::get);
    for (int bank = of(offset); bank < banks.size(); bank++) {
      int at = Math.max(offset, start(bank));
      boolean fits = (long) at + buffer.bytes() <= (long) start(bank) + banks.get(bank).bytes();
      if (fits && (pin.isEmpty() || pin.get().equals(banks.get(bank).region()))) {
        return at;
      }
    }
    return Math.max(offset, end());
  }

  /** What a plan takes of each memory that it uses. */
  List<MemoryPlan.Part> parts(List<Placement> placements) {
    Map<Integer, Integer> ends = new LinkedHashMap<>();
    for (Placement placement : placements) {
      ends.merge(of(placement.offset()), placement.end(), Math::max);
    }
    List<MemoryPlan.Part> parts = new ArrayList<>();
    for (int bank = 0; bank <= banks.size(); bank++) {
      if (ends.containsKey(bank)) {
        String region = bank < banks.size() ? banks.get(bank).region() : "";
        parts.add(new MemoryPlan.Part(region, start(bank), ends.get(bank) - start(bank)));
      }
    }
    return parts;
  }
}

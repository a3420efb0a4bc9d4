package io.mcudeploy.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    if (!banks.stream().map(Bank::region).toList().containsAll(pins.values())) {
      throw new IllegalArgumentException("tensors in other memories: " + pins);
    }
  }

  /** The first offset behind all banks. */
  int end() {
    return start(banks.size());
  }

  /** Where a bank begins: a multiple of every alignment, so that offsets in it are aligned too. */
  int start(int bank) {
    int start = 0;
    for (int before = 0; before < bank; before++) {
      start += (banks.get(before).bytes() + 63) & -64;
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

  /** The number of the bank that a buffer has to lie in; -1 if it may lie in any. */
  int pin(Buffer buffer) {
    for (String name : buffer.names()) {
      if (pins.containsKey(name)) {
        return banks.stream().map(Bank::region).toList().indexOf(pins.get(name));
      }
    }
    return -1;
  }

  /**
   * The lowest offset from one on where a buffer lies within one bank that it may lie in.
   *
   * @param pin as of {@link #pin}
   */
  int admit(int bytes, int pin, int offset) {
    for (int bank = of(offset); bank < banks.size(); bank++) {
      int start = start(bank);
      int at = Math.max(offset, start);
      boolean fits = (long) at + bytes <= (long) start + banks.get(bank).bytes();
      if (fits && (pin < 0 || pin == bank)) {
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
